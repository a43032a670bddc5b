/** Decisions as GitHub workflow commands: annotations at the policy's lines, then one line a verdict. */
import { githubCommand } from "../../language/diagnostics/render/github.ts";
import { visible } from "../../language/diagnostics/render/untrusted.ts";
import { placesOf } from "./places.ts";
import { overall, type Report, refusals, type Texts } from "./report.ts";
import { reportRows, severityOf } from "./rows.ts";
import { vexLine } from "./vex-words.ts";

const commands = { error: "error", warning: "warning", note: "notice" } as const;

export function renderGithub(report: Report, texts: Texts): string {
  const rows = reportRows(report, texts);
  const places = placesOf(
    rows.flatMap((row) => row.citations),
    texts,
  );
  const annotations = rows.map((row) => {
    const cited = row.citations.slice(0, 3).map((citation) => {
      const at = places(citation);
      const lines = at && texts.evidence(at.path);
      const line = at && lines ? `:${lines.text.slice(0, at.start).split("\n").length}` : "";
      return `${citation.document.name}${line} ${citation.pointer}: ${citation.path} is ${citation.value}`;
    });
    const message = [row.message, ...cited, ...row.details].join("\n");
    const title = `${row.effect}: ${row.rule}`;
    return githubCommand(commands[severityOf(row.effect)], title, message, row.at, texts.policies);
  });
  const refused = refusals(report, texts).map(({ diagnostic, rule, message }) =>
    githubCommand("error", `no verdict: ${rule}`, message, diagnostic?.location, texts.evidence),
  );
  // A plain line that began with `::` would be read as a command; these begin with a word.
  const verdicts = report.decisions.map(
    ({ effect, subject, point, reason }) => `waybill: ${effect} ${subject.kind} ${visible(subject.name)} at ${point}: ${reason}`,
  );
  if (verdicts.length === 0) verdicts.push(`waybill: ${overall(report).effect}: ${overall(report).reason}`);
  const vex = (report.vex ?? []).map((one) => `waybill: ${visible(vexLine(one))}`);
  return [...refused, ...annotations, ...vex, ...verdicts].join("\n");
}
