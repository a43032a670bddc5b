/**
 * SLSA build provenance v1 and v0.2 as `waybill.slsa.Provenance`. Levels are not in it: who signed decides them
 * (`engine/trust/levels.ts`), so that here they are missing and say so.
 */
import { type DataRecord, type DataValue, Lack, OpenList, origin } from "../../../language/core/data.ts";
import type { Result } from "../../../language/diagnostics/diagnostic.ts";
import type { Adapter, Evidence, Source } from "../evidence.ts";
import { digestsOf } from "../intoto/predicate.ts";
import { object, objects, text } from "../raw.ts";
import { type FoundSource, flatten, fromConfigSource, fromParameters, sourceOf } from "./source.ts";

const provenanceType = "waybill.slsa.Provenance";

/** The level of what nobody is known to have signed. */
export const underived = new Lack("missing", "levels follow from who signed, and nobody's signature was verified");

/** What both versions say, under one name each, with where it stands relative to the predicate. */
interface Run {
  readonly format: string;
  readonly buildType: string | undefined;
  readonly builder: string | undefined;
  readonly invocation: string | undefined;
  readonly startedOn: string | undefined;
  readonly finishedOn: string | undefined;
  readonly reproducible: unknown;
  readonly hermetic: unknown;
  /** The document says that it names every material. */
  readonly complete: boolean;
  readonly parameters: unknown;
  readonly materials: unknown;
  readonly source: FoundSource;
  readonly at: {
    readonly build: Readonly<Record<string, string>>;
    readonly root: Readonly<Record<string, string>>;
    readonly materials: string;
  };
}

/** `https://slsa.dev/provenance/v1` (SLSA 1.2, "Build: Provenance"). */
export const provenance1: Adapter = {
  format: "slsa-provenance",
  title: "SLSA provenance v1",
  detect: () => false,
  schema: () => ({ kind: "schema", schema: "slsa-provenance-1" }),
  read(json, source) {
    const predicate = object(json) ?? {};
    const definition = object(predicate["buildDefinition"]) ?? {};
    const details = object(predicate["runDetails"]) ?? {};
    const metadata = object(details["metadata"]) ?? {};
    const parameters = object(definition["externalParameters"]) ?? {};
    const dependencies = objects(definition["resolvedDependencies"]);
    const at = "/buildDefinition/resolvedDependencies";
    const named = fromParameters(parameters, "/buildDefinition/externalParameters");
    return emit(
      {
        format: "slsa-provenance-1",
        buildType: text(definition["buildType"]),
        builder: text(object(details["builder"])?.["id"]),
        // BuildKit writes the name of the field as Go does.
        invocation: text(metadata["invocationId"]) ?? text(metadata["invocationID"]),
        startedOn: text(metadata["startedOn"]),
        finishedOn: text(metadata["finishedOn"]),
        reproducible: metadata["buildkit_reproducible"],
        hermetic: metadata["buildkit_hermetic"],
        complete: object(metadata["buildkit_completeness"])?.["resolvedDependencies"] === true,
        parameters,
        materials: definition["resolvedDependencies"],
        source: sourceOf(named, dependencies, at),
        at: {
          build: {
            type: "/buildDefinition/buildType",
            builder: "/runDetails/builder/id",
            invocation: "/runDetails/metadata/invocationId",
            level: "/runDetails/builder/id",
            parameters: "/buildDefinition/externalParameters",
            parameter_names: "/buildDefinition/externalParameters",
            reproducible: "/runDetails/metadata/buildkit_reproducible",
            hermetic: "/runDetails/metadata/buildkit_hermetic",
          },
          root: {
            build: "",
            source: "",
            materials: at,
            started_on: "/runDetails/metadata/startedOn",
            finished_on: "/runDetails/metadata/finishedOn",
          },
          materials: at,
        },
      },
      source,
    );
  },
};

/** `https://slsa.dev/provenance/v0.2` (SLSA 0.2, "Provenance"). */
export const provenance02: Adapter = {
  format: "slsa-provenance",
  title: "SLSA provenance v0.2",
  detect: () => false,
  schema: () => ({ kind: "schema", schema: "slsa-provenance-0.2" }),
  read(json, source) {
    const predicate = object(json) ?? {};
    const invocation = object(predicate["invocation"]) ?? {};
    const metadata = object(predicate["metadata"]) ?? {};
    const named = fromConfigSource(object(invocation["configSource"]), "/invocation/configSource");
    return emit(
      {
        format: "slsa-provenance-0.2",
        buildType: text(predicate["buildType"]),
        builder: text(object(predicate["builder"])?.["id"]),
        invocation: text(metadata["buildInvocationId"]),
        startedOn: text(metadata["buildStartedOn"]),
        finishedOn: text(metadata["buildFinishedOn"]),
        reproducible: metadata["reproducible"],
        hermetic: metadata["https://mobyproject.org/buildkit@v1#hermetic"],
        complete: object(metadata["completeness"])?.["materials"] === true,
        parameters: invocation["parameters"],
        materials: predicate["materials"],
        source: sourceOf(named, objects(predicate["materials"]), "/materials"),
        at: {
          build: {
            type: "/buildType",
            builder: "/builder/id",
            invocation: "/metadata/buildInvocationId",
            level: "/builder/id",
            parameters: "/invocation/parameters",
            parameter_names: "/invocation/parameters",
            reproducible: "/metadata/reproducible",
            hermetic: "/metadata/https:~1~1mobyproject.org~1buildkit@v1#hermetic",
          },
          root: {
            build: "",
            source: "",
            materials: "/materials",
            started_on: "/metadata/buildStartedOn",
            finished_on: "/metadata/buildFinishedOn",
          },
          materials: "/materials",
        },
      },
      source,
    );
  },
};

function emit(run: Run, source: Source): Result<readonly Evidence[]> {
  const document = { digest: source.digest, name: source.name, format: run.format, predicateType: provenanceType };
  const place = (fields: Readonly<Record<string, string>>) => ({ [origin]: { document, pointer: source.base, fields } });
  const { entries, complete } = flatten(run.parameters);
  const names = Object.keys(entries);
  const parameterLack = new Lack("malformed", "the provenance has more parameters than are read");
  const listed = objects(run.materials).map((material, index): DataRecord => {
    const pointer = `${source.base}${run.at.materials}/${index}`;
    return {
      uri: text(material["uri"]),
      name: text(material["name"]),
      digest: digestsOf(material["digest"])[0],
      [origin]: { document, pointer },
    };
  });
  const materials: DataValue = Array.isArray(run.materials) ? (run.complete ? listed : new OpenList(listed, true)) : undefined;
  const { repository, ref, commit, workflow, fields } = run.source;
  const data: DataRecord = {
    build: {
      level: underived,
      type: run.buildType,
      builder: run.builder,
      invocation: run.invocation,
      parameters: complete ? entries : parameterLack,
      parameter_names: complete ? names : new OpenList(names, false, [parameterLack]),
      reproducible: typeof run.reproducible === "boolean" ? run.reproducible : undefined,
      hermetic: typeof run.hermetic === "boolean" ? run.hermetic : undefined,
      ...place(run.at.build),
    },
    source: {
      repository,
      ref,
      commit,
      digest: typeof commit === "string" ? digestsOf({ gitCommit: commit })[0] : commit,
      workflow,
      level: underived,
      ...place({ ...fields, digest: fields["commit"] ?? "", workflow: fields["repository"] ?? "", level: fields["commit"] ?? "" }),
    },
    materials,
    started_on: run.startedOn,
    finished_on: run.finishedOn,
    ...place(run.at.root),
  };
  return {
    value: [{ type: provenanceType, document, data, about: [], counts: { materials: listed.length } }],
    diagnostics: [],
  };
}
