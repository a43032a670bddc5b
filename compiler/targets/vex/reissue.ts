/**
 * A document issued again. Statements that did not change keep their time, which is written out (OpenVEX 0.2.0, "Updating
 * Statements With Inherited Data"); the version grows only where something changed, so an unchanged document has unchanged
 * bytes.
 */
import type { VexAssertion, VexDocument, VexNamedProduct } from "../../../engine/decide/vex/document.ts";
import { followingRevision } from "../../../engine/decide/vex/revision.ts";
import { purlKey } from "../../../language/domains/purl.ts";
import { canonicalPurl, withLocalNames } from "./claims.ts";
import { purlOf } from "./product.ts";

/**
 * `next` as the version after `previous`. Statements of `next` leave out their time where it is to be found here: that of
 * the same statement before, else `now` (microseconds). Without `previous` it is the first version.
 */
export function reissue(previous: VexDocument | undefined, next: VexDocument, now: number): VexDocument {
  const id = next.id ?? previous?.id;
  // A clock that went back must not date a version before the one that it follows.
  const time = Math.max(now, previous?.timestamp ?? now);
  return issue(previous && withLocalNames(previous), withLocalNames(id === undefined ? next : { ...next, id }), time);
}

function issue(previous: VexDocument | undefined, next: VexDocument, now: number): VexDocument {
  if (previous === undefined) {
    const time = next.timestamp ?? now;
    const statements = next.statements.map((statement) => ({ ...statement, timestamp: statement.timestamp ?? time }));
    return { ...next, timestamp: time, firstIssued: next.firstIssued ?? time, version: next.version ?? "1", statements };
  }
  const before = new Map<string, VexAssertion[]>();
  for (const statement of previous.statements) {
    const key = contentOf(statement);
    before.set(key, [...(before.get(key) ?? []), statement]);
  }
  const began = new Map(
    previous.statements.map((statement) => [subjectOf(statement), statement.firstIssued ?? timeOf(statement, previous)]),
  );
  let changed =
    next.statements.length !== previous.statements.length || headOf({ ...headless(previous), ...headless(next) }) !== headOf(previous);
  const statements = next.statements.map((statement): VexAssertion => {
    const same = before.get(contentOf(statement))?.shift();
    if (same !== undefined && (statement.timestamp === undefined || statement.timestamp === timeOf(same, previous)))
      return { ...statement, ...timesOf(same, previous) };
    changed = true;
    const timestamp = statement.timestamp ?? now;
    return { ...statement, timestamp, firstIssued: statement.firstIssued ?? began.get(subjectOf(statement)) ?? timestamp };
  });
  const firstIssued = previous.firstIssued ?? previous.timestamp ?? now;
  const id = previous.id ?? next.id;
  const same = { ...(id === undefined ? {} : { id }), firstIssued };
  if (!changed) {
    const kept = previous.statements.map((statement) => ({ ...statement, ...timesOf(statement, previous) }));
    return { ...next, ...previous, ...same, format: next.format, statements: kept };
  }
  return { ...headless(previous), ...next, ...same, timestamp: now, version: followingRevision(previous.version), statements };
}

/**
 * Whether a document is about none of these products, whatever their versions: issued again with them, it would take back all
 * that it says. What is told by digests alone cannot be compared, and may be any of them.
 */
export function isAboutOthers(document: VexDocument, products: readonly VexNamedProduct[]): boolean {
  const names = new Set(products.map(nameOfAny));
  const before = document.statements.flatMap((statement) => statement.products.map(nameOfAny));
  return before.length > 0 && !before.some((name) => name === undefined || names.has(undefined) || names.has(name));
}

/** What all versions of a product have in common; undefined: nothing but digests tells what it is. */
function nameOfAny(product: VexNamedProduct): string | undefined {
  const purl = purlOf(product);
  if (purl !== undefined) return `${purlKey(purl)} ${purl.qualifiers.get("repository_url") ?? ""}`;
  return product.digests.length > 0 ? undefined : (product.name ?? product.id);
}

function timeOf(statement: VexAssertion, document: VexDocument): number | undefined {
  return statement.timestamp ?? document.timestamp;
}

function timesOf(statement: VexAssertion, document: VexDocument): Pick<VexAssertion, "timestamp" | "firstIssued"> {
  const timestamp = timeOf(statement, document);
  const { firstIssued } = statement;
  return { ...(timestamp === undefined ? {} : { timestamp }), ...(firstIssued === undefined ? {} : { firstIssued }) };
}

function headless({ author, role, title }: VexDocument): Partial<VexDocument> {
  return {
    ...(author === undefined ? {} : { author }),
    ...(role === undefined ? {} : { role }),
    ...(title === undefined ? {} : { title }),
  };
}

/** What `next` leaves out stays as it was, and is no change. */
function headOf({ author, role, title }: Partial<VexDocument>): string {
  return JSON.stringify([author, role, title]);
}

/** All that a statement says but its times. */
function contentOf(statement: VexAssertion): string {
  const { timestamp: _timestamp, firstIssued: _firstIssued, ...rest } = statement;
  return canonical(rest);
}

/** What a statement is about. */
function subjectOf({ vulnerability, products }: VexAssertion): string {
  return canonical([vulnerability, products]);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === "string") return canonicalPurl(inner);
    return inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner;
  });
}
