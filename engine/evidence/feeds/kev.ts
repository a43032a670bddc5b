/** CISA's catalogue of known exploited vulnerabilities (https://www.cisa.gov/known-exploited-vulnerabilities-catalog). */
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import type { Adapter } from "../evidence.ts";
import { fault } from "../fault.ts";
import { object, objects, text } from "../raw.ts";
import { feedDocument, feedEvidence, feedTime, type KevEntry } from "./feed.ts";

export const kevCatalogue: Adapter = {
  format: "kev",
  title: "CISA KEV catalogue",
  detect(json) {
    const catalogue = object(json);
    if (catalogue === undefined || !Array.isArray(catalogue["vulnerabilities"]) || "bomFormat" in catalogue) return false;
    const [first] = objects(catalogue["vulnerabilities"]);
    return "catalogVersion" in catalogue || (first !== undefined && "cveID" in first);
  },
  schema: () => ({ kind: "schema", schema: "kev-catalogue" }),
  read(json, source) {
    const catalogue = object(json) ?? {};
    const rows = objects(catalogue["vulnerabilities"]);
    const pointer = `${source.base}/vulnerabilities`;
    const { count } = catalogue;
    // By what is not in it, a vulnerability is said not to be exploited: of a part of it nothing may be concluded.
    const problem = partOf(count, rows.length);
    if (problem !== undefined)
      return { value: [], diagnostics: [fault("WB1272", { problem }, pointer, { help: "fetch the file again; nothing of it was used" })] };
    const document = feedDocument(source, "kev", "kev");
    const entries = new Map<string, KevEntry>();
    const twice = new Set<string>();
    for (const [index, row] of rows.entries()) {
      const use = text(row["knownRansomwareCampaignUse"]);
      const entry: KevEntry = {
        cve: text(row["cveID"]) ?? "",
        added: feedTime(text(row["dateAdded"])),
        due: feedTime(text(row["dueDate"]), "T23:59:59Z"),
        // `Unknown` is not no.
        ransomware: use?.toLowerCase() === "known" ? true : undefined,
        pointer: `${pointer}/${index}`,
      };
      const before = entries.get(entry.cve);
      if (before !== undefined) twice.add(entry.cve);
      entries.set(entry.cve, before === undefined ? entry : earlier(before, entry));
    }
    const date = feedTime(text(catalogue["dateReleased"]));
    const evidence = feedEvidence(
      { kind: "kev", document, date, entries, pointer },
      { version: text(catalogue["catalogVersion"]), date, entries: entries.size },
      { entries: entries.size },
      source.base,
      { version: "/catalogVersion", date: "/dateReleased", entries: "/vulnerabilities" },
    );
    return { value: [evidence], diagnostics: told([...twice], pointer) };
  },
};

/** Why it cannot be told that the list is the whole list; CISA has always said how many it lists, and never listed none. */
function partOf(count: unknown, rows: number): string | undefined {
  if (rows === 0) return "it lists no vulnerability";
  if (typeof count !== "number") return "it does not say how many vulnerabilities it lists";
  return count === rows ? undefined : `it says that it lists ${count} vulnerabilities, and lists ${rows}`;
}

/** Of two entries about one vulnerability the one that was due first counts, and that it is used in ransomware campaigns if one says so. */
function earlier(a: KevEntry, b: KevEntry): KevEntry {
  const first = (b.due ?? b.added ?? "~") < (a.due ?? a.added ?? "~") ? b : a;
  return { ...first, ransomware: a.ransomware ?? b.ransomware };
}

function told(twice: readonly string[], pointer: string): readonly Diagnostic[] {
  if (twice.length === 0) return [];
  const notes = [`they are ${twice.slice(0, 5).join(", ")}${twice.length > 5 ? " …" : ""}`];
  return [fault("WB1273", { count: twice.length }, pointer, { notes })];
}
