/**
 * From what `vex` declarations say of findings to statements: one for each vulnerability in each component, because that is
 * what a VEX statement is about (semantics, section 10: alias class, product, subcomponent).
 */
import type { DataRecord } from "../../../language/core/data.ts";
import { aliasKey } from "../../../language/domains/advisory.ts";
import { type Purl, parsePurl } from "../../../language/domains/purl.ts";
import { type AssessedStatus, type Assessment, suppresses } from "../../evaluate/assess.ts";
import { AliasClasses, idsOf } from "../../evaluate/intrinsics/aliases.ts";
import { purlReader, recordOf, textOf } from "../../evaluate/intrinsics/raw.ts";

export interface DeclaredStatement {
  /** The name of the alias class, and the other ids of it. */
  readonly vulnerability: string;
  readonly aliases: readonly string[];
  /** The component's purl; where it has none, its name and version. */
  readonly component: string;
  readonly purl?: string;
  readonly title?: string;
  readonly status: AssessedStatus;
  /** What it was made from: each finding of this vulnerability in this component by each declaration that speaks of it. */
  readonly assessments: readonly Assessment[];
  /** Some finding of this vulnerability in this component no declaration speaks of, so nothing that suppresses may be said of all. */
  readonly unspoken: boolean;
  /** Declarations that disagree, which never suppresses. */
  readonly conflict?: { readonly suppressing: string; readonly other: string };
}

export interface Declared {
  /** By vulnerability, then by component. */
  readonly statements: readonly DeclaredStatement[];
  /** Findings without a vulnerability or a component that could be named. */
  readonly unnamed: number;
}

interface Group {
  readonly ids: Set<string>;
  readonly component: string;
  readonly purl: string | undefined;
  readonly assessments: Assessment[];
  readonly findings: Set<DataRecord>;
}

/**
 * Statements of the assessments, each key once, in an order that does not depend on theirs. `findings` are all that were
 * assessed: those of which no declaration speaks are among them.
 */
export function declaredStatements(assessments: readonly Assessment[], findings: readonly DataRecord[]): Declared {
  const readPurl = purlReader();
  const named = new Map<DataRecord, { readonly ids: readonly string[]; readonly component: string; readonly purl: string | undefined }>();
  const unnamed = new Set<DataRecord>();
  const classes = new AliasClasses();
  const spoken = new Set(assessments.map(({ finding }) => finding));
  for (const finding of new Set([...findings, ...spoken])) {
    const ids = idsOf(finding, "id");
    const own = recordOf(finding["component"]) ?? {};
    const version = textOf(finding["installed"]) ?? textOf(own["version"]);
    const purl = withVersion(readPurl(own["purl"]), version);
    const component = purl ?? nameOf(own, version);
    if (ids.length === 0 || component === undefined) {
      if (spoken.has(finding)) unnamed.add(finding);
      continue;
    }
    classes.link(ids);
    named.set(finding, { ids, component, purl });
  }
  const groups = new Map<string, Group>();
  const groupOf = new Map<DataRecord, Group>();
  for (const [finding, { ids, component, purl }] of named) {
    const key = JSON.stringify([classes.of(ids[0] ?? ""), component]);
    const group = groups.get(key) ?? { ids: new Set(), component, purl, assessments: [], findings: new Set() };
    groups.set(key, group);
    for (const id of ids) group.ids.add(id);
    group.findings.add(finding);
    groupOf.set(finding, group);
  }
  for (const assessment of assessments) groupOf.get(assessment.finding)?.assessments.push(assessment);
  const statements = [...groups.values()].filter((group) => group.assessments.length > 0).map(statementOf);
  return { statements: statements.sort(byName), unnamed: unnamed.size };
}

function byName(a: DeclaredStatement, b: DeclaredStatement): number {
  if (a.vulnerability !== b.vulnerability) return a.vulnerability < b.vulnerability ? -1 : 1;
  return a.component < b.component ? -1 : a.component > b.component ? 1 : 0;
}

/** The purl as text; a statement about a purl without a version would be about all of them. */
function withVersion(purl: Purl | undefined, version: string | undefined): string | undefined {
  if (purl === undefined || purl.version !== undefined || version === undefined) return purl?.text;
  const end = purl.text.search(/[?#]/);
  const base = end < 0 ? purl.text : purl.text.slice(0, end);
  const versioned = parsePurl(`${base}@${encodeURIComponent(version)}${end < 0 ? "" : purl.text.slice(end)}`);
  return versioned.ok ? versioned.value.text : purl.text;
}

function nameOf(component: DataRecord, version: string | undefined): string | undefined {
  const name = textOf(component["name"]);
  return name === undefined || version === undefined ? name : `${name}@${version}`;
}

function statementOf({ ids, component, purl, assessments, findings }: Group): DeclaredStatement {
  const spoken = new Set(assessments.map(({ finding }) => finding));
  const vulnerability = aliasKey([...ids]) ?? "";
  const title = assessments
    .flatMap(({ finding }) => textOf(finding["title"]) ?? [])
    .sort()
    .at(0);
  return {
    vulnerability,
    aliases: [...ids].filter((id) => id !== vulnerability).sort(),
    component,
    ...(purl === undefined ? {} : { purl }),
    ...(title === undefined ? {} : { title }),
    assessments,
    unspoken: [...findings].some((finding) => !spoken.has(finding)),
    ...together(assessments),
  };
}

/** How much a status keeps a finding: of several findings in one component the one that matters most is said. */
function weight(status: AssessedStatus): number {
  return suppresses(status) ? 0 : status.kind === "under_investigation" ? 1 : 2;
}

/** What several findings and several declarations say together: only if all suppress does the statement. */
export function together(assessments: readonly Assessment[]): Pick<DeclaredStatement, "status" | "conflict"> {
  const said = [...Map.groupBy(assessments, (one) => one.declaration)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([declaration, own]) => ({ declaration, status: ofOne(own) }));
  const suppressing = said.find(({ status }) => suppresses(status));
  const other = said.filter(({ status }) => !suppresses(status)).sort((a, b) => weight(b.status) - weight(a.status))[0];
  if (suppressing !== undefined && other !== undefined)
    return {
      status: { kind: "under_investigation" },
      conflict: { suppressing: suppressing.declaration, other: other.declaration },
    };
  return { status: (other ?? suppressing)?.status ?? { kind: "under_investigation" } };
}

/** One declaration's word on several findings. */
function ofOne(assessments: readonly Assessment[]): AssessedStatus {
  const most = Math.max(...assessments.map(({ status }) => weight(status)));
  const kept = assessments.filter(({ status }) => weight(status) === most).sort((a, b) => a.row - b.row);
  const first = kept[0]?.status ?? { kind: "under_investigation" };
  if (first.kind === "affected") {
    const actions = new Set(kept.flatMap(({ status }) => (status.kind === "affected" ? [status.action] : [])));
    return { kind: "affected", action: [...actions].sort().join("; ") };
  }
  if (first.kind !== "not_affected") return first;
  const impacts = new Set(
    kept.flatMap(({ status }) =>
      status.kind === "not_affected" && status.justification === first.justification && status.impact !== undefined ? [status.impact] : [],
    ),
  );
  const { justification } = first;
  return { kind: "not_affected", justification, ...(impacts.size === 0 ? {} : { impact: [...impacts].sort().join("; ") }) };
}
