/** `waybill eval`: decides subjects that are given as data, one or a stream of them. */
import { diagnostic } from "../../../language/diagnostics/table.ts";
import type { Call } from "../cli.ts";
import { unreadFeeds } from "../feeding.ts";
import { openPolicies, type Policies } from "../policies.ts";
import { EvidenceFiles } from "../shell/evidence.ts";
import { exit, Stop } from "../shell/exit.ts";
import { readBytes } from "../shell/files.ts";
import { tell } from "../shell/report.ts";
import { type AnswerOptions, answerLine, type LineAnswer, readsOf } from "../shell/requests.ts";
import { linesOfStream } from "../shell/stream.ts";

async function one(call: Call, file: string | undefined, options: AnswerOptions): Promise<number> {
  const bytes = await readBytes(file ?? "-");
  const answer = await answerLine(bytes, 1, options);
  await call.terminal.out(`${JSON.stringify({ ...answer.json, ...(await vexOf(answer, options)) }, undefined, 2)}\n`);
  if (answer.diagnostics.length > 0) await tell(call.terminal, answer.diagnostics);
  return answer.code;
}

/** What VEX said to the clauses, as `gate` shows it; answers of a stream are without: they would grow with each finding. */
async function vexOf({ judged = [] }: LineAnswer, { effectsOnly, policies }: AnswerOptions): Promise<{ readonly vex?: readonly object[] }> {
  if (effectsOnly || judged.every(({ decision }) => decision.vex === undefined)) return {};
  const [{ vexReports }, { jsonVex }] = await Promise.all([import("../vex-reports.ts"), import("../../../engine/decide/vex-json.ts")]);
  const reports = vexReports(policies.project.program, judged);
  return reports.length === 0 ? {} : { vex: reports.map(jsonVex) };
}

/** Answers are written together, up to this many characters, and always before more of the stream is waited for. */
const flushAt = 1 << 16;

/** Answers are written in the order of the requests, one at a time, so that memory does not grow with the stream. */
async function batch(call: Call, options: AnswerOptions): Promise<number> {
  let line = 0;
  let written = "";
  for await (const lines of linesOfStream(process.stdin)) {
    for (const bytes of lines) {
      line += 1;
      if (bytes.every((byte) => byte === 32 || byte === 9 || byte === 13)) continue;
      const answering = answerLine(bytes, line, options);
      const answer = answering instanceof Promise ? await answering : answering;
      written += `${JSON.stringify(answer.json)}\n`;
      if (written.length < flushAt) continue;
      await call.terminal.out(written);
      written = "";
    }
    await call.terminal.out(written);
    written = "";
    // The stream was not answered, so this is not "done".
    if (call.terminal.unread()) return exit.no;
  }
  return exit.done;
}

/** Read once for all requests. One that is refused would be missed in every answer: no verdict. */
async function feedsOf(call: Call, { config }: Policies): Promise<Pick<AnswerOptions, "feeds">> {
  if (config.feeds.sources.length === 0) return {};
  const { openGeneral } = await import("../shell/feeds/configured.ts");
  const files = new EvidenceFiles();
  const feeds = await openGeneral(config.feeds, files);
  const diagnostics = [...feeds.documents.flatMap(({ document }) => document.diagnostics), ...unreadFeeds(feeds)];
  if (feeds.documents.some(({ document }) => document.refused)) throw new Stop(exit.noVerdict, diagnostics, files.sources);
  await tell(call.terminal, diagnostics, files.sources);
  return { feeds };
}

export async function evaluate(call: Call, file: string | undefined, options: Readonly<Record<string, unknown>>): Promise<number> {
  if (options["batch"] === true && file !== undefined && file !== "-") {
    throw new Stop(exit.usage, [
      diagnostic("WB1000", { problem: "`--batch` reads requests from stdin" }, undefined, { help: `\`waybill eval --batch … < ${file}\`` }),
    ]);
  }
  const policies = await openPolicies(call, "eval", options);
  const effectsOnly = options["effectsOnly"] === true;
  const answering: AnswerOptions = {
    policies,
    effectsOnly,
    reads: readsOf(policies, effectsOnly),
    evidenceRoot: String(options["evidenceRoot"] ?? "."),
    ...(await feedsOf(call, policies)),
  };
  return options["batch"] === true ? batch(call, answering) : one(call, file, answering);
}
