/**
 * FIRST's daily table of EPSS scores (https://www.first.org/epss/data_stats): a comment that names model and day, a header,
 * a line a CVE. 300,000 lines are looked up in by a table of hashes over the bytes: nothing is kept of a line but where it
 * begins.
 */
import { Lack } from "../../../language/core/data.ts";
import type { Diagnostic, Result } from "../../../language/diagnostics/diagnostic.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import type { Evidence, Source } from "../evidence.ts";
import { type Limits, markLength, whole } from "../text.ts";
import { type EpssFeed, type EpssScore, feedDocument, feedEvidence, feedTime } from "./feed.ts";
import { probability } from "./probability.ts";

/** The table's own bytes that are not text of a cell. */
const [lineFeed, carriageReturn, comma] = [0x0a, 0x0d, 0x2c];

/** Reads the table whole, or refuses it: of a file that was cut off nothing is used. */
export function readEpssTable(bytes: Uint8Array, source: Source, limits: Limits): Result<readonly Evidence[]> {
  const { name } = source;
  const refuse = (problem: string, line: number): Result<readonly Evidence[]> => ({
    value: [],
    diagnostics: [
      diagnostic(
        "WB1270",
        { problem, line },
        { path: name, ...spanOf(bytes, line) },
        { help: "fetch the file again; nothing of it was used" },
      ),
    ],
  });
  if (bytes.length > limits.size)
    return { value: [], diagnostics: [diagnostic("WB0903", { name, size: bytes.length, limit: limits.size }, whole(name))] };
  let at = markLength(bytes);
  let line = 1;
  const next = (): string | undefined => {
    const end = bytes.indexOf(lineFeed, at);
    if (end < 0) return undefined;
    const text = latin1(bytes, at, end).replace(/\r$/, "");
    at = end + 1;
    line += 1;
    return text;
  };
  let about: string | undefined;
  let head = next();
  if (head?.startsWith("#") === true) {
    about = head;
    head = next();
  }
  if (head === undefined) return refuse("the file ends in front of its header", line);
  if (head !== "cve,epss,percentile" && head !== "cve,epss")
    return refuse("there is no header `cve,epss,percentile` where it should be", line - 1);
  const columns = head.split(",").length;
  const rows = rowsFrom(bytes, at, line, columns);
  if (rows.kind === "cut") return refuse("the file ends in the middle of a line: it was cut off", rows.line);
  if (rows.starts.length === 0) return refuse("the table has no lines", line);
  const document = feedDocument(source, "epss", "epss-csv");
  const model = /model_version:\s*([^,\s]+)/.exec(about ?? "")?.[1];
  const date = feedTime(/score_date:\s*([^,\s]+)/.exec(about ?? "")?.[1]);
  const missing = unreachedYear(bytes, rows, date);
  if (missing !== undefined)
    return refuse(
      `it begins as the whole of FIRST's does and has no vulnerability of ${missing}: it was cut off`,
      line + rows.starts.length - 1,
    );
  const find = finder(bytes, rows);
  const feed: EpssFeed = { kind: "epss", document, model, date, find };
  const scores = rows.starts.length;
  const malformed: readonly Diagnostic[] =
    rows.malformed === 0
      ? []
      : [
          diagnostic(
            "WB1271",
            { count: rows.malformed, of: scores, what: `line ${rows.firstMalformed}` },
            { path: name, ...spanOf(bytes, rows.firstMalformed) },
          ),
        ];
  const first = "#L1";
  // From the root of the document, as `Origin.fields` has it.
  const rooted = `#${first}`;
  const evidence = feedEvidence(feed, { model, date, scores }, { scores }, first, { model: rooted, date: rooted, scores: rooted });
  return { value: [evidence], diagnostics: malformed };
}

const firstOfAll = "CVE-1999-0001";

/**
 * The year whose vulnerabilities are missing from a table that says no count. FIRST lists all that are published, from the first one on
 * in the order of their years, so that what is cut off are the newest. An extract, which begins elsewhere, may hold any;
 * of a day in January the year before is asked for, in which some were published for sure.
 */
function unreachedYear(bytes: Uint8Array, { starts }: Rows, date: string | undefined): number | undefined {
  if (date === undefined || latin1(bytes, starts[0] ?? 0, (starts[0] ?? 0) + firstOfAll.length + 1) !== `${firstOfAll},`) return undefined;
  const year = Number(date.slice(0, 4)) - (date.slice(5, 7) === "01" ? 1 : 0);
  // From the end: of a whole table the last line says it.
  for (let row = starts.length - 1; row >= 0; row -= 1) {
    const start = starts[row] ?? 0;
    if (Number(latin1(bytes, start + 4, start + 8)) >= year) return undefined;
  }
  return year;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  // No line of the table is long; one that is, is none.
  for (let i = start; i < Math.min(end, start + 300); i += 1) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}

/** Where the line stands in the text; offsets count UTF-16 units, and the table is ASCII. */
function spanOf(bytes: Uint8Array, line: number): { readonly start: number; readonly end: number } {
  const mark = markLength(bytes);
  let start = mark;
  for (let n = 1; n < line; n += 1) {
    const feed = bytes.indexOf(lineFeed, start);
    if (feed < 0) break;
    start = feed + 1;
  }
  const feed = bytes.indexOf(lineFeed, start);
  return { start: start - mark, end: (feed < 0 ? bytes.length : feed) - mark };
}

interface Rows {
  readonly kind: "rows";
  /** Where each line begins. */
  readonly starts: Int32Array;
  /** Number of the first of them in the file. */
  readonly firstLine: number;
  readonly malformed: number;
  readonly firstMalformed: number;
}

function rowsFrom(
  bytes: Uint8Array,
  from: number,
  firstLine: number,
  columns: number,
): Rows | { readonly kind: "cut"; readonly line: number } {
  let starts = new Int32Array(65_536);
  let count = 0;
  let malformed = 0;
  let firstMalformed = 0;
  for (let at = from; at < bytes.length; ) {
    const end = bytes.indexOf(lineFeed, at);
    if (end < 0) return { kind: "cut", line: firstLine + count };
    if (count === starts.length) {
      const more = new Int32Array(count * 2);
      more.set(starts);
      starts = more;
    }
    starts[count] = at;
    if (!isRow(bytes, at, end, columns)) {
      malformed += 1;
      if (firstMalformed === 0) firstMalformed = firstLine + count;
    }
    count += 1;
    at = end + 1;
  }
  return { kind: "rows", starts: starts.subarray(0, count), firstLine, malformed, firstMalformed };
}

function isRow(bytes: Uint8Array, start: number, end: number, columns: number): boolean {
  if (isUsualRow(bytes, start, end, columns)) return true;
  if (end - start > 200) return false;
  const cells = latin1(bytes, start, end).replace(/\r$/, "").split(",");
  const [cve, epss, percentile] = cells;
  return (
    cells.length === columns &&
    /^CVE-\d{4}-\d{4,19}$/.test(cve ?? "") &&
    typeof probability(epss) === "string" &&
    (columns < 3 || typeof probability(percentile) === "string")
  );
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** What nearly every line is, `CVE-2024-1234,0.00042,0.05`, told without making a text of it. */
function isUsualRow(bytes: Uint8Array, start: number, end: number, columns: number): boolean {
  let at = start;
  const digits = (least: number, most: number): boolean => {
    const from = at;
    while (isDigit(bytes[at])) at += 1;
    return at - from >= least && at - from <= most;
  };
  const is = (text: string): boolean => {
    for (let i = 0; i < text.length; i += 1) if (bytes[at + i] !== text.charCodeAt(i)) return false;
    at += text.length;
    return true;
  };
  if (!is("CVE-") || !digits(4, 4) || !is("-") || !digits(4, 19)) return false;
  for (let column = 1; column < columns; column += 1) if (!is(",0.") || !digits(1, 9)) return false;
  return at === end;
}

/** FNV-1a over the bytes of the first cell of a line; `end`: where it ends at the latest. */
function hashAt(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte === comma || byte === lineFeed || byte === carriageReturn) break;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}

/** Looks lines up by their CVE. Lines of one CVE that say different things are a conflict. */
function finder(bytes: Uint8Array, { starts, firstLine }: Rows): EpssFeed["find"] {
  let slots: Int32Array | undefined;
  const index = (): Int32Array => {
    let size = 1024;
    while (size < starts.length * 2) size *= 2;
    const made = new Int32Array(size).fill(-1);
    for (let row = 0; row < starts.length; row += 1) {
      let slot = hashAt(bytes, starts[row] ?? 0, bytes.length) & (size - 1);
      while ((made[slot] ?? -1) >= 0) slot = (slot + 1) & (size - 1);
      made[slot] = row;
    }
    return made;
  };
  const encoder = new TextEncoder();
  return (cve) => {
    slots ??= index();
    const wanted = encoder.encode(cve);
    const mask = slots.length - 1;
    let found: EpssScore | undefined;
    for (let slot = hashAt(wanted, 0, wanted.length) & mask; ; slot = (slot + 1) & mask) {
      const row = slots[slot] ?? -1;
      if (row < 0) return found;
      const start = starts[row] ?? 0;
      if (!startsWith(bytes, start, wanted)) continue;
      const end = bytes.indexOf(lineFeed, start);
      const [, epss, percentile] = latin1(bytes, start, end).replace(/\r$/, "").split(",");
      const score: EpssScore = {
        epss: probability(epss),
        percentile: percentile === undefined ? undefined : probability(percentile),
        pointer: `#L${firstLine + row}`,
      };
      found = found === undefined ? score : agreed(found, score, cve);
    }
  };
}

function startsWith(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i += 1) if (bytes[start + i] !== wanted[i]) return false;
  return bytes[start + wanted.length] === comma;
}

function agreed(a: EpssScore, b: EpssScore, cve: string): EpssScore {
  if (a.epss === b.epss || (a.epss instanceof Lack && a.epss.cause === "conflict")) return a;
  const detail = `the scores list ${cve} twice, ${said(a.epss)} and ${said(b.epss)}`;
  return { epss: new Lack("conflict", detail), percentile: new Lack("conflict", detail), pointer: a.pointer };
}

function said(value: string | Lack): string {
  return typeof value === "string" ? value : "malformed";
}
