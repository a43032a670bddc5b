/**
 * Whether vulnerable code is called, as govulncheck says (`govulncheck -format json`; golang.org/x/vuln, `internal/govulncheck`):
 * messages one behind another. A finding whose trace begins with a function is one that is called; where calls were
 * followed and no finding of the vulnerability has one, nothing calls it. That is said of the program which the message `SBOM` names.
 */
import { parseAdvisory } from "../../../language/domains/advisory.ts";
import type { Adapter } from "../evidence.ts";
import { type Json, object, objects, text, texts } from "../raw.ts";
import { feedDocument, feedEvidence, feedTime, type Reached } from "./feed.ts";
import { type Analysed, analysedIn } from "./program.ts";

export const govulncheck: Adapter = {
  format: "govulncheck",
  title: "messages of govulncheck -format json",
  detect(json) {
    if (!Array.isArray(json)) return false;
    return object(object(json[0])?.["config"])?.["protocol_version"] !== undefined;
  },
  schema: () => ({ kind: "schema", schema: "govulncheck" }),
  read(json, source) {
    const messages = objects(json);
    const config = object(messages[0]?.["config"]) ?? {};
    const ids = new Map<string, readonly string[]>();
    for (const message of messages) {
      const record = object(message["osv"]);
      const id = text(record?.["id"]);
      if (record !== undefined && id !== undefined) ids.set(id, [id, ...texts(record["aliases"])].map(canonical));
    }
    // Older ones do not name the level, and then followed calls. Of several runs in one file the least followed counts.
    const levels = messages.flatMap((message): readonly string[] => {
      const own = object(message["config"]);
      return own === undefined ? [] : [text(own["scan_level"]) ?? "symbol"];
    });
    const level = levels.find((one) => one !== "symbol") ?? "symbol";
    const programs = programsOf(messages);
    const reached = new Map<string, Reached>();
    for (const [index, message] of messages.entries()) {
      const finding = object(message["finding"]);
      const { run, of } = programs[index] ?? { run: 0, of: undefined };
      const one = finding === undefined ? undefined : reachedIn(finding, ids, of, `${source.base}/${index}/finding`);
      if (one === undefined) continue;
      const key = JSON.stringify([of === undefined ? "" : run, one.ids[0], one.module]);
      const before = reached.get(key);
      if (before === undefined || (one.called && !before.called)) reached.set(key, one);
    }
    // Who did not follow calls cannot say that there is none.
    const said = [...reached.values()].filter((one) => one.called || level === "symbol");
    const document = feedDocument(source, "reachability", "govulncheck");
    const evidence = feedEvidence(
      { kind: "reachability", document, reached: said },
      {
        tool: text(config["scanner_name"]) ?? "govulncheck",
        tool_version: text(config["scanner_version"]),
        level,
        date: feedTime(text(config["db_last_modified"])),
      },
      { called: said.filter(({ called }) => called).length, "not called": said.filter(({ called }) => !called).length },
      `${source.base}/0/config`,
      { tool: "/scanner_name", tool_version: "/scanner_version", level: "/scan_level", date: "/db_last_modified" },
    );
    return { value: [evidence], diagnostics: [] };
  },
};

/** The program of the run that each message is of: a run begins with its `config`, and no order of the others is promised. */
function programsOf(messages: readonly Json[]): readonly { readonly run: number; readonly of: Analysed | undefined }[] {
  const found: (Analysed | undefined)[] = [];
  let run = 0;
  const runs = messages.map((message, index) => {
    if (index > 0 && object(message["config"]) !== undefined) run += 1;
    const sbom = object(message["SBOM"]);
    if (sbom !== undefined) found[run] = analysedIn(sbom);
    return run;
  });
  return runs.map((one) => ({ run: one, of: found[one] }));
}

function reachedIn(
  finding: Json,
  ids: ReadonlyMap<string, readonly string[]>,
  of: Analysed | undefined,
  pointer: string,
): Reached | undefined {
  const id = text(finding["osv"]);
  const [symbol] = objects(finding["trace"]);
  const module = text(symbol?.["module"]);
  if (id === undefined || symbol === undefined || module === undefined) return undefined;
  return {
    ids: ids.get(id) ?? [canonical(id)],
    module,
    version: text(symbol["version"]),
    called: text(symbol["function"]) !== undefined,
    ...(of === undefined ? {} : { of }),
    pointer,
  };
}

function canonical(id: string): string {
  const parsed = parseAdvisory(id);
  return parsed.ok ? parsed.value : id;
}
