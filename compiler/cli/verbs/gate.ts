/** `waybill gate`: decides one artifact for CI. */
import { renderGithub } from "../../../engine/decide/github.ts";
import { renderGitlab } from "../../../engine/decide/gitlab.ts";
import { rfc3339 } from "../../../engine/decide/instant.ts";
import { renderJson } from "../../../engine/decide/json.ts";
import { renderJunit } from "../../../engine/decide/junit.ts";
import { renderMarkdown } from "../../../engine/decide/markdown.ts";
import type { Report, Texts } from "../../../engine/decide/report.ts";
import { renderSarif } from "../../../engine/decide/sarif.ts";
import { renderText } from "../../../engine/decide/text.ts";
import { waiverNotes } from "../../../engine/decide/waivers.ts";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import type { Call } from "../cli.ts";
import { decideGathered } from "../gathered.ts";
import { type Gathering, gather } from "../gathering.ts";
import type { Document } from "../shell/evidence.ts";
import { exit, Stop } from "../shell/exit.ts";
import { tell } from "../shell/report.ts";

function render(call: Call, format: unknown, report: Report, texts: Texts): string {
  const { terminal } = call;
  switch (format) {
    case "json":
      return renderJson(report, texts);
    case "sarif":
      return renderSarif(report, texts);
    case "junit":
      return renderJunit(report, texts);
    case "github":
      return renderGithub(report, texts);
    case "gitlab":
      return renderGitlab(report, texts);
    case "markdown":
      return renderMarkdown(report, texts);
    default:
      return renderText(report, texts, { colour: terminal.colourOut, width: terminal.width, verbose: terminal.verbose });
  }
}

export async function gate(call: Call, argument: string | undefined, options: Readonly<Record<string, unknown>>): Promise<number> {
  const option = typeof options["subject"] === "string" ? options["subject"] : undefined;
  if (argument !== undefined && option !== undefined && argument !== option) {
    throw new Stop(exit.usage, [
      diagnostic("WB1000", { problem: "a subject was named twice" }, undefined, { help: "`gate REF` is `gate --subject REF`" }),
    ]);
  }
  const folder = typeof options["record"] === "string" ? options["record"] : undefined;
  if (folder !== undefined) await (await import("../shell/record.ts")).emptyFolder(folder);
  const attesting = typeof options["attest"] === "string" ? await import("../attesting.ts") : undefined;
  const signer = await attesting?.openAttesting(options);
  // What is recorded may be asked of another policy later, which wants to see everything.
  const gathering = await gather(call, "gate", argument ?? option, options, folder !== undefined);
  const { report, texts, code } = await decideGathered(gathering.gathered, false);
  if (attesting !== undefined && signer !== undefined) await attesting.writeAttestations(call, signer, gathering.gathered, report, options);
  if (folder !== undefined) await record(folder, gathering, `${renderJson(report, texts)}\n`);
  // What the readers of evidence have to say is for people; JSON alone has a place for it.
  if (options["format"] !== "json") {
    await tell(call.terminal, report.diagnostics, texts.evidence);
    if (report.waivers !== undefined)
      await tell(call.terminal, waiverNotes(report.waivers, gathering.gathered.policies.time), texts.policies);
  }
  await call.terminal.out(`${render(call, options["format"], report, texts)}\n`);
  return code;
}

/** Keeps everything that the decision rested on. */
async function record(folder: string, { gathered, files, trustFiles, argument, named }: Gathering, report: string): Promise<void> {
  const { project, settings, time } = gathered.policies;
  const texts = [...project.texts].map(([name, text]) => ({ name, bytes: Buffer.from(text) }));
  const document = ({ path }: Document) => ({ name: path, bytes: files.bytes(path) });
  const { writeRecord } = await import("../shell/record.ts");
  await writeRecord(folder, {
    version: gathered.version,
    point: gathered.point,
    time: rfc3339(time),
    offline: gathered.offline,
    inputs: settings,
    given: gathered.given,
    policies: project.files.flatMap((path) => texts.filter(({ name }) => name === path)),
    imported: texts.filter(({ name }) => !project.files.includes(name)),
    ...(argument === undefined
      ? {}
      : { subject: { argument, ...(gathered.named.documents.length === 0 ? {} : { files: gathered.named.documents.map(document) }) } }),
    evidence: gathered.documents.map((one) => ({ ...document(one), named: named.includes(one.path) })),
    feeds: (gathered.feeds?.documents ?? []).map((one) => ({ ...document(one.document), kind: one.kind, found: one.found === true })),
    unread: gathered.feeds?.unread ?? [],
    trust: trustFiles,
    attached: gathered.attached,
    report: Buffer.from(report),
  });
}
