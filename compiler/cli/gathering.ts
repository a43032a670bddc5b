/** From the options of `gate` and `why` to everything that their decisions rest on. */
import type { Attached, Unreached } from "../../engine/evidence/oci/attached.ts";
import { cosignSign, type Wanted } from "../../engine/evidence/oci/collect.ts";
import { couldGive } from "../../engine/evidence/predicates.ts";
import { diagnostic } from "../../language/diagnostics/table.ts";
import { parseImageRef } from "../../language/domains/image-ref.ts";
import { nearest } from "../../language/domains/near.ts";
import { enforcementPoints } from "../../language/semantics/subjects.ts";
import { asksForSigned, type Need } from "../analysis/plan.ts";
import type { Call } from "./cli.ts";
import { feedGiven } from "./feeding.ts";
import { type Gathered, openNeeds, subjectsOf } from "./gathered.ts";
import { type Options, texts } from "./options.ts";
import { openPolicies, type Policies } from "./policies.ts";
import type { TrustFile } from "./shell/believed.ts";
import { type Config, readSettings } from "./shell/config.ts";
import { EvidenceFiles, readEvidence } from "./shell/evidence.ts";
import { exit, Stop } from "./shell/exit.ts";
import { stdinFolder } from "./shell/project.ts";
import { tell } from "./shell/report.ts";
import { findSubjects } from "./shell/subjects.ts";
import { unreadFields } from "./unread.ts";

/** Problems with credentials point into no text. */
const noTexts = (): undefined => undefined;

/** What was gathered, with the files that it was read from. */
export interface Gathering {
  readonly gathered: Gathered;
  readonly files: EvidenceFiles;
  readonly trustFiles: readonly TrustFile[];
  /** As the caller named it; undefined where the evidence says who is judged. */
  readonly argument: string | undefined;
  /** Paths of evidence that the caller named, in contrast to what folders hold. */
  readonly named: readonly string[];
}

function pointOf(options: Options): string {
  const point = String(options["at"] ?? "ci");
  if (enforcementPoints.includes(point)) return point;
  const near = nearest(point, enforcementPoints);
  const help = near === undefined ? `points are ${enforcementPoints.join(", ")}` : `did you mean \`${near}\`?`;
  throw new Stop(exit.usage, [diagnostic("WB1024", { value: point, what: "an enforcement point" }, undefined, { help })]);
}

/** What the call itself asks of those whom the policies name; wrong use is its to tell. Undefined: what their clauses ask. */
export type Asking = (policies: Policies) => readonly Need[] | undefined;

/**
 * Reads policies, evidence, roots and keys, and what is attached to the images that are judged: as far as a clause hangs on
 * it, or with `everything` whether one does or not.
 */
export async function gather(
  call: Call,
  verb: string,
  argument: string | undefined,
  options: Options,
  everything: boolean,
  asking?: Asking,
): Promise<Gathering> {
  const point = pointOf(options);
  const policies = await openPolicies(call, verb, options);
  const given = [...policies.config.given, ...readSettings("--given", "KIND.FACT=VALUE", texts(options, "given"))];
  const files = new EvidenceFiles({ unread: unreadFields(policies.project.texts.values()) });
  const documents = await readEvidence(files, texts(options, "evidence"), call.terminal);
  const named = await findSubjects(argument, files, documents, "gate");
  const feeding = await feedGiven(policies.config, files, documents, named);
  const { program } = policies.project;
  const needs = asking?.(policies);
  const isAsked = needs === undefined ? asksForSigned(program) : needs.length > 0;
  const trust = isAsked ? await import("./shell/believed.ts") : undefined;
  const trustFiles =
    (await trust?.readTrustFiles(program, texts(options, "trustedRoot"), texts(options, "key"), stdinFolder(policies.config))) ?? [];
  const believing = trust?.believe(program, trustFiles, policies.time);
  if (believing !== undefined) await tell(call.terminal, believing.unread, policies.project.sources);
  const local: Gathered = {
    version: call.version,
    policies,
    point,
    given,
    documents,
    named,
    ...feeding,
    ...(believing === undefined ? {} : { believed: believing.believed }),
    ...(needs === undefined ? {} : { needs }),
    attached: new Map(),
    digests: isAsked ? files.digests(named.documents) : new Map(),
    offline: options["offline"] === true,
    sources: files.sources,
  };
  const attached = await fetchAll(call, local, options, everything);
  const more = await feedsAbout(policies.config, files, local, attached);
  return { gathered: { ...local, attached, ...more }, files, trustFiles, argument, named: texts(options, "evidence") };
}

/** What is attached to images brings scans of its own, which records of CVEs may be about. */
async function feedsAbout(
  config: Config,
  files: EvidenceFiles,
  { documents, named }: Gathered,
  attached: ReadonlyMap<string, Attached | Unreached>,
): Promise<Pick<Gathered, "feeds" | "fed">> {
  if (attached.size === 0 || !config.feeds.sources.some(({ kind }) => kind === "cve")) return {};
  return feedGiven(config, files, documents, named, attached);
}

/** What is attached to each image on which a clause still hangs; with `everything` to every image. */
async function fetchAll(
  call: Call,
  local: Gathered,
  options: Options,
  everything: boolean,
): Promise<ReadonlyMap<string, Attached | Unreached>> {
  const layout = typeof options["layout"] === "string" ? options["layout"] : undefined;
  if (local.believed === undefined || (local.offline && layout === undefined)) return new Map();
  const images = subjectsOf(local).flatMap((subject): readonly Asked[] => {
    const reference = parseImageRef(subject.name);
    if (subject.kind !== "image" || !reference.ok) return [];
    const needs = openNeeds(local, subject);
    if (needs.length === 0 && !everything) return [];
    const { digest } = reference.value;
    // A layout has names of its own, which say nothing about a registry's.
    if (layout !== undefined && digest === undefined)
      throw new Stop(exit.usage, [
        diagnostic("WB1000", { problem: `\`${subject.name}\` names no digest, and a layout is read by digest` }, undefined, {
          help: "name the image as `…@sha256:…`",
        }),
      ]);
    return [{ name: subject.name, inLayout: digest, ...(everything ? {} : { wanted: wantedBy(needs) }) }];
  });
  if (images.length === 0) return new Map();
  const { layoutAttached, openRegistries } = await import("./shell/registry.ts");
  if (layout !== undefined)
    return inTurn(call, images, 1, ({ inLayout, wanted }) => layoutAttached(layout, inLayout, wanted === undefined ? {} : { wanted }));
  const registries = await openRegistries({
    insecure: texts(options, "insecureRegistry"),
    ...(typeof options["registryCa"] === "string" ? { authorities: options["registryCa"] } : {}),
    report: (problem) => void tell(call.terminal, [problem], noTexts),
  });
  try {
    return await inTurn(call, images, imagesAtOnce, ({ name, wanted }) =>
      registries.attached(name, wanted === undefined ? {} : { wanted }),
    );
  } finally {
    registries.close();
  }
}

/** An image that is to be read; without `wanted`, everything attached to it. */
interface Asked {
  readonly name: string;
  /** Its digest, for a layout. */
  readonly inLayout: string | undefined;
  readonly wanted?: Wanted;
}

/** The images of one call that are read at a time. */
const imagesAtOnce = 8;

async function inTurn(
  call: Call,
  images: readonly Asked[],
  atOnce: number,
  read: (image: Asked) => Promise<Attached | Unreached>,
): Promise<ReadonlyMap<string, Attached | Unreached>> {
  const found = new Map<string, Attached | Unreached>();
  const waiting = [...images];
  const work = async (): Promise<void> => {
    for (let image = waiting.shift(); image !== undefined; image = waiting.shift()) {
      found.set(image.name, await read(image));
      if (call.terminal.progress) await call.terminal.err(`\r\u001b[Kread what is attached to ${found.size} of ${images.length} images`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (call.terminal.progress) await call.terminal.err("\r\u001b[K");
  // In the order of the images, whatever order the answers came in.
  return new Map(images.flatMap(({ name }) => [[name, found.get(name)] as const]).filter(isRead));
}

function isRead(entry: readonly [string, Attached | Unreached | undefined]): entry is [string, Attached | Unreached] {
  return entry[1] !== undefined;
}

/** The predicate types that could be what is needed. */
function wantedBy(needs: readonly Need[]): Wanted {
  const types = new Set(needs.filter(({ kind }) => kind === "attestation").map(({ type }) => type));
  const signatures = needs.some(({ kind }) => kind === "signature");
  return {
    signatures,
    attestations: types.size > 0,
    has: (predicateType) => (signatures && predicateType === cosignSign) || couldGive(predicateType, types),
  };
}
