/**
 * Where a build's source came from. SLSA leaves the names of parameters to the type of build, so that the ones of the
 * builders in use are known here; a build that has none of them, and one git repository among its materials, was built
 * from that.
 */
import { type DataValue, Lack } from "../../../language/core/data.ts";
import { type Json, object, text } from "../raw.ts";
import { commitOf, isGit, parseRepository } from "./repository.ts";

/** What a provenance says about its source, before levels. */
export interface FoundSource {
  readonly repository: DataValue;
  readonly ref: DataValue;
  readonly commit: DataValue;
  /** Path of the file that defines the build, in the repository. */
  readonly workflow: string | undefined;
  /** Where the fields stand, relative to the predicate. */
  readonly fields: Readonly<Record<string, string>>;
}

/** A reference to a repository, and where it was found. */
interface Named {
  readonly uri: string;
  readonly ref?: string | undefined;
  readonly commit?: string | undefined;
  readonly workflow?: string | undefined;
  readonly pointer: string;
}

/** Materials as they stand: `uri` and `digest` are those of a resource descriptor. */
export function sourceOf(named: Named | undefined, materials: readonly Json[], at: string): FoundSource {
  return named === undefined ? fromMaterials(materials, at) : fromName(named, materials, at);
}

/**
 * The source that the external parameters name: GitHub's `workflow`, Cloud Build's `sourceToBuild` and
 * `buildConfigSource`, BuildKit's `configSource`, and `source`, a text (GitLab) or a resource (container-based builder).
 */
export function fromParameters(parameters: Json, at: string): Named | undefined {
  for (const key of ["workflow", "sourceToBuild", "buildConfigSource", "configSource", "source"]) {
    const value = parameters[key];
    const pointer = `${at}/${key}`;
    const group = object(value);
    const uri = text(value) ?? text(group?.["repository"]) ?? text(group?.["uri"]);
    if (uri === undefined || parseRepository(uri) === undefined) continue;
    return {
      uri,
      ref: text(group?.["ref"]),
      commit: commitOf(group?.["digest"]),
      workflow: text(group?.["path"]) ?? text(parameters["configPath"]),
      pointer: group === undefined ? pointer : `${pointer}/${text(group["repository"]) === undefined ? "uri" : "repository"}`,
    };
  }
  return undefined;
}

/** The source of provenance v0.2: `invocation.configSource`. */
export function fromConfigSource(config: Json | undefined, at: string): Named | undefined {
  const uri = text(config?.["uri"]);
  if (uri === undefined || parseRepository(uri) === undefined) return undefined;
  return { uri, commit: commitOf(config?.["digest"]), workflow: path(config?.["entryPoint"]), pointer: `${at}/uri` };
}

/** An entry point that names a file; GitLab's names a job. */
function path(entryPoint: unknown): string | undefined {
  const named = text(entryPoint);
  return named !== undefined && /[./]/.test(named) ? named : undefined;
}

function fromName(named: Named, materials: readonly Json[], at: string): FoundSource {
  const parsed = parseRepository(named.uri);
  const ref = named.ref ?? parsed?.ref;
  const same = materials.flatMap((material, index) => {
    const uri = text(material["uri"]);
    const other = uri === undefined ? undefined : parseRepository(uri);
    if (other === undefined || other.repository !== parsed?.repository) return [];
    if (ref !== undefined && other.ref !== undefined && other.ref !== ref) return [];
    const commit = commitOf(material["digest"]) ?? other.commit;
    return commit === undefined ? [] : [{ commit, pointer: `${at}/${index}/digest` }];
  });
  const own = named.commit ?? parsed?.commit;
  const commits = new Set([...(own === undefined ? [] : [own]), ...same.map(({ commit }) => commit)]);
  const first = own === undefined ? same[0]?.pointer : undefined;
  return {
    repository: parsed?.repository,
    ref,
    commit: commits.size > 1 ? new Lack("conflict", "the provenance names several commits of its source") : [...commits][0],
    workflow: named.workflow,
    fields: {
      repository: named.pointer,
      ref: named.ref === undefined ? named.pointer : named.pointer.replace(/\/[^/]*$/, "/ref"),
      commit: first ?? named.pointer,
    },
  };
}

/** What Tekton Chains calls the definitions that it resolved (tektoncd/chains, `resolveddependencies`). */
const definitions: ReadonlySet<string> = new Set(["pipeline", "task", "pipelineTask"]);

function fromMaterials(materials: readonly Json[], at: string): FoundSource {
  const found = materials.flatMap((material, index) => {
    const uri = text(material["uri"]) ?? "";
    const parsed = isGit(uri) ? parseRepository(uri) : undefined;
    if (parsed === undefined) return [];
    return [{ ...parsed, commit: commitOf(material["digest"]) ?? parsed.commit, index, name: text(material["name"]) }];
  });
  // Tekton Chains names what each dependency was for: definitions of pipelines and tasks are no source.
  const inputs = found.filter(({ name }) => name === "inputs/result");
  const git = inputs.length > 0 ? inputs : found.filter(({ name }) => name === undefined || !definitions.has(name));
  const [first] = git;
  const several = git.some((one) => one.repository !== first?.repository || one.commit !== first.commit || one.ref !== first.ref);
  if (first === undefined || several) {
    const detail = first === undefined ? "the provenance names no git repository as its source" : "the build used several git repositories";
    const lack = new Lack("missing", detail);
    return { repository: lack, ref: lack, commit: lack, workflow: undefined, fields: { repository: at, ref: at, commit: at } };
  }
  const pointer = `${at}/${first.index}`;
  return {
    repository: first.repository,
    ref: first.ref,
    commit: first.commit,
    workflow: undefined,
    fields: { repository: `${pointer}/uri`, ref: `${pointer}/uri`, commit: `${pointer}/digest` },
  };
}

/** How much of the parameters is read: a policy looks at few, and a document must not fill memory with them. */
const most = { entries: 2_000, depth: 12 };

/**
 * Parameters with the path of each as its key: `workflow.ref`, `steps.0.name`. Values are text, as a policy compares
 * them. `complete` is false where there were more.
 */
export function flatten(parameters: unknown): { readonly entries: Readonly<Record<string, string>>; readonly complete: boolean } {
  const found: [string, string][] = [];
  let complete = true;
  const visit = (value: unknown, path: string, depth: number): void => {
    if (found.length >= most.entries || depth > most.depth) {
      complete = false;
      return;
    }
    if (value === null || value === undefined) return;
    if (typeof value !== "object") {
      found.push([path, String(value)]);
      return;
    }
    for (const [key, inner] of Object.entries(value)) visit(inner, path === "" ? key : `${path}.${key}`, depth + 1);
  };
  if (object(parameters) !== undefined) visit(parameters, "", 0);
  return { entries: Object.fromEntries(found), complete };
}
