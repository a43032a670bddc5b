/** What the purl types say beyond the common rules: canonical case, required and forbidden parts (purl-spec, `types/`). */

/** The parts of a purl, decoded. */
export interface PurlParts {
  readonly type: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly version: string | undefined;
  readonly qualifiers: ReadonlyMap<string, string>;
  readonly subpath: string | undefined;
}

interface TypeRule {
  /** Parts without case: lower-cased. */
  readonly lower?: readonly ("namespace" | "name" | "version")[];
  readonly namespace?: "required" | "forbidden";
  /** A further canonical form of the name. */
  readonly name?: (name: string, parts: PurlParts) => string;
  /** What else is wrong, for people. */
  readonly check?: (parts: PurlParts) => string | undefined;
}

const both: TypeRule = { lower: ["namespace", "name"] };

const rules: ReadonlyMap<string, TypeRule> = new Map<string, TypeRule>([
  ["alpm", both],
  ["apk", both],
  ["bazel", { namespace: "forbidden" }],
  ["bitbucket", both],
  ["bitnami", { lower: ["name"] }],
  ["brew", both],
  ["cargo", { namespace: "forbidden" }],
  ["chrome-extension", { namespace: "forbidden", check: chromeExtension }],
  ["cocoapods", { namespace: "forbidden" }],
  ["composer", both],
  ["conan", { check: conan }],
  ["cpan", { check: cpan }],
  ["cran", { namespace: "forbidden" }],
  ["deb", both],
  ["gem", { namespace: "forbidden" }],
  ["git", both],
  ["github", both],
  ["gitlab", both],
  ["hex", both],
  ["huggingface", { lower: ["version"] }],
  ["julia", { namespace: "forbidden", check: julia }],
  ["luarocks", { lower: ["version"] }],
  ["maven", { namespace: "required" }],
  ["mlflow", { namespace: "forbidden", name: mlflowName }],
  ["npm", both],
  ["oci", { lower: ["name"], namespace: "forbidden" }],
  ["opam", { namespace: "forbidden" }],
  ["otp", { lower: ["name"], namespace: "forbidden" }],
  ["pub", { lower: ["name"], namespace: "forbidden" }],
  ["pypi", { lower: ["name"], namespace: "forbidden", name: (name) => name.replaceAll("_", "-") }],
  ["qpkg", { lower: ["namespace"] }],
  ["rpm", { lower: ["namespace"] }],
  ["swift", { namespace: "required" }],
  ["vcpkg", { namespace: "forbidden" }],
  ["vscode-extension", { lower: ["namespace", "name"], namespace: "required" }],
]);

/** The canonical parts, or what the type forbids, for people. Types that are not listed have no rules of their own. */
export function canonicalParts(parts: PurlParts): PurlParts | string {
  const rule = rules.get(parts.type);
  if (rule === undefined) return parts;
  if (rule.namespace === "required" && parts.namespace === undefined) return `a ${parts.type} purl needs a namespace`;
  if (rule.namespace === "forbidden" && parts.namespace !== undefined) return `a ${parts.type} purl has no namespace`;
  const wrong = rule.check?.(parts);
  if (wrong !== undefined) return wrong;
  const lower = rule.lower ?? nothing;
  const name = lower.includes("name") ? parts.name.toLowerCase() : parts.name;
  return {
    type: parts.type,
    namespace: lower.includes("namespace") ? parts.namespace?.toLowerCase() : parts.namespace,
    name: rule.name?.(name, parts) ?? name,
    version: lower.includes("version") ? parts.version?.toLowerCase() : parts.version,
    qualifiers: parts.qualifiers,
    subpath: parts.subpath,
  };
}

const nothing: readonly string[] = [];

/** Names of models have no case on Databricks, and have on Azure ML. */
function mlflowName(name: string, parts: PurlParts): string {
  return parts.qualifiers.get("repository_url")?.includes("databricks") ? name.toLowerCase() : name;
}

function chromeExtension(parts: PurlParts): string | undefined {
  if (!/^[a-p]{32}$/.test(parts.name)) return `a Chrome extension's id has 32 letters from a to p, not \`${parts.name}\``;
  if (parts.version === undefined || /^\d+(?:\.\d+){0,3}$/.test(parts.version)) return undefined;
  return `a Chrome extension's version has one to four numbers, not \`${parts.version}\``;
}

function conan(parts: PurlParts): string | undefined {
  const qualified = parts.qualifiers.has("channel");
  if (parts.namespace === undefined && qualified) return "a conan purl with a `channel` needs a namespace";
  if (parts.namespace !== undefined && parts.qualifiers.size === 0) return "a conan purl with a namespace needs qualifiers: `channel`";
  return undefined;
}

function cpan(parts: PurlParts): string | undefined {
  if (parts.name.includes("::")) return `a cpan purl names a distribution (\`${parts.name.replaceAll("::", "-")}\`), not a module`;
  if (parts.namespace !== undefined && parts.namespace !== parts.namespace.toUpperCase())
    return "the author of a cpan purl is in upper case";
  return undefined;
}

function julia(parts: PurlParts): string | undefined {
  return parts.qualifiers.has("uuid") ? undefined : "a julia purl needs the qualifier `uuid`";
}
