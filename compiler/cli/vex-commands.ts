/** `waybill vex …`: the commands. What each does is in its own file under `verbs/`, loaded when it is called. */
import { type Command, Option } from "commander";
import type { Call } from "./cli.ts";
import type { Options } from "./options.ts";

/** What the table of commands has for every verb. */
export interface Commands {
  readonly general: (command: Command) => Command;
  readonly deciding: (command: Command) => Command;
  readonly judging: (command: Command) => Command;
  readonly collect: (value: string, before: readonly string[]) => readonly string[];
  readonly act: (run: (call: Call) => Promise<number>, options: Options) => Promise<void>;
}

export function vexCommands(root: Command, commands: Commands): void {
  const vex = root.command("vex").description("decide findings by VEX documents, and read, write, compare and convert them");
  decideCommand(vex, commands);
  emitCommand(vex, commands);
  convertCommand(vex, commands);
  mergeCommand(vex, commands);
  diffCommand(vex, commands);
  validateCommand(vex, commands);
}

function decideCommand(vex: Command, { act, collect, judging }: Commands): void {
  judging(vex.command("decide").description("say of each finding of a scan what VEX documents say of it, and why"))
    .option("--by <trust>", "believe what this trust declaration of the policies signed; repeatable, the most trusted first", collect, [])
    .option("--claimed", "believe what nobody signed too, after all others")
    .option("--max-age <days>", "an older statement suppresses nothing")
    .option(
      "--allow-justification <label>",
      "a justification or CycloneDX state that may suppress beside the usual ones; repeatable",
      collect,
      [],
    )
    .addOption(new Option("-f, --format <format>", "output").choices(["text", "json"]).default("text"))
    .addHelpText(
      "after",
      `
Exit codes: 0 every finding is suppressed, 1 some are left open, 2 used wrongly, 3 something that may say otherwise could not be read

Examples:
  $ waybill vex decide --claimed --evidence scan.json acme.openvex.json
  $ waybill vex decide ghcr.io/acme/shop@sha256:… -p policies --by release --by vendor -e scan.json sbom.json --format json`,
    )
    .argument("[subject]", "the same as --subject")
    .action((subject: string | undefined, options: Options) =>
      act(async (call) => (await import("./verbs/vex-decide.ts")).vexDecide(call, subject, options), options),
    );
}

function emitCommand(vex: Command, { act, judging }: Commands): void {
  judging(vex.command("emit").description("decide findings by the `vex` declarations of policies, and write what they say"))
    .addOption(new Option("--to <format>", "what to write").choices(["openvex", "csaf", "cyclonedx"]).default("openvex"))
    .option("-o, --out <file>", "file to write, or `-` for stdout", "-")
    .option("--report <file>", "write what was decided by which rows as JSON")
    .option("--why <id>", "print how the rows about this vulnerability came about, and write nothing")
    .option("--previous <file>", "what was issued last: its version grows where something changed, and its times stay where not")
    .option("--author <name>", "who says it (default: of the previous document)")
    .option("--role <role>", "their role")
    .option("--title <text>", "title of the document")
    .option("--publisher-namespace <uri>", "of a CSAF document: the publisher's namespace")
    .option("--id <id>", "name of the document (default: of the previous one, else made from author and product)")
    .option("--product-version <version>", "version of the product, where neither a digest nor a purl says it")
    .addHelpText(
      "after",
      `
Exit codes: 0 written (or no finding to write of), 2 used wrongly, 3 evidence that was refused may say otherwise

Examples:
  $ waybill vex emit ghcr.io/acme/api@sha256:… -p policies -e scan.json sbom.json --author "Acme PSIRT" -o api.openvex.json
  $ waybill vex emit ghcr.io/acme/api@sha256:… -p policies -e scan.json sbom.json --why CVE-2024-21538
  $ waybill vex emit pkg:npm/shop@1.4.0 -p policies -e scan.json --to csaf --author Acme --publisher-namespace https://acme.example --previous api.csaf.json`,
    )
    .argument("[subject]", "the same as --subject")
    .action((subject: string | undefined, options: Options) =>
      act(async (call) => (await import("./verbs/vex-emit.ts")).vexEmit(call, subject, options), options),
    );
}

/** Options of what writes a document of documents. */
function writing(command: Command): Command {
  return command
    .addOption(new Option("--to <format>", "what to write").choices(["openvex", "csaf", "cyclonedx"]).makeOptionMandatory())
    .option("-o, --out <file>", "file to write, or `-` for stdout", "-")
    .option("--loss-report <file>", "write what the format cannot say as JSON")
    .option("--strict", "where anything is lost, write nothing and exit 1")
    .option("--role <role>", "the author's role, where no document says it")
    .option("--title <text>", "title, where no document says it")
    .option("--publisher-namespace <uri>", "of a CSAF document: the publisher's namespace")
    .option("--id <id>", "name of the document (default: that of the source, else made from what it says)")
    .option("--now <time>", "RFC 3339 time of documents that have none (default: the clock)");
}

function convertCommand(vex: Command, { act, general }: Commands): void {
  writing(general(vex.command("convert").description("write a VEX document in another format, and say what that cannot say")))
    .argument("<file>", "OpenVEX, CSAF 2.0 or CycloneDX, or `-`")
    .option("--author <name>", "who says it, where the document does not say")
    .addHelpText(
      "after",
      `
Exit codes: 0 written, 1 something is lost and --strict, or nothing can be said, 2 used wrongly, 3 the document is refused

Examples:
  $ waybill vex convert acme.openvex.json --to csaf --publisher-namespace https://acme.example --out acme.csaf.json
  $ waybill vex convert bom.json --to openvex --author "Acme PSIRT" --strict --loss-report losses.json`,
    )
    .action((file: string, options: Options) =>
      act(async (call) => (await import("./verbs/vex-convert.ts")).vexConvert(call, file, options), options),
    );
}

function mergeCommand(vex: Command, { act, general }: Commands): void {
  writing(general(vex.command("merge").description("write the statements of several VEX documents as one document")))
    .argument("<file...>", "documents of any formats")
    .option("--author <name>", "who says it all (default: the author of all of them)")
    .option("--allow-contradiction", "write statements that contradict each other, which `vex validate` refuses")
    .addHelpText(
      "after",
      `
Exit codes: 0 written, 1 statements contradict each other, or something is lost and --strict, 2 used wrongly, 3 a document is refused

Examples:
  $ waybill vex merge api.openvex.json web.cdx.json --to openvex --author "Acme PSIRT" --out all.openvex.json
  $ waybill vex merge vex/*.json --to cyclonedx --strict
  $ waybill vex merge vex/*.json --to openvex --author "Acme PSIRT" --allow-contradiction`,
    )
    .action((files: string[], options: Options) =>
      act(async (call) => (await import("./verbs/vex-merge.ts")).vexMerge(call, files, options), options),
    );
}

function diffCommand(vex: Command, { act, general }: Commands): void {
  general(vex.command("diff").description("say what one VEX document says otherwise than another"))
    .argument("<before>", "OpenVEX, CSAF 2.0 or CycloneDX, or `-`")
    .argument("<after>", "of the same format or another")
    .addOption(new Option("-f, --format <format>", "output").choices(["text", "json"]).default("text"))
    .addHelpText(
      "after",
      `
Exit codes: 0 they say the same, 1 they do not, 2 used wrongly, 3 a document is refused

Examples:
  $ waybill vex diff acme-1.openvex.json acme-2.openvex.json
  $ waybill vex diff acme.openvex.json acme.csaf.json --format json`,
    )
    .action((before: string, after: string, options: Options) =>
      act(async (call) => (await import("./verbs/vex-diff.ts")).vexDiff(call, before, after, options), options),
    );
}

function validateCommand(vex: Command, { act, general }: Commands): void {
  general(vex.command("validate").description("hold VEX documents against every rule of their format"))
    .argument("<file...>", "OpenVEX, CSAF 2.0 or CycloneDX, bare or in an attestation; `-` for stdin")
    .addOption(new Option("-f, --format <format>", "output; json is one object a line").choices(["text", "json"]).default("text"))
    .option("--now <time>", "RFC 3339 time after which nothing may be dated (default: the clock)")
    .addHelpText(
      "after",
      `
Exit codes: 0 all are valid, 1 one is not, 2 used wrongly or a file is missing

Examples:
  $ waybill vex validate acme.openvex.json acme.csaf.json
  $ waybill vex validate --format json advisories/*.json`,
    )
    .action((files: string[], options: Options) =>
      act(async (call) => (await import("./verbs/vex-validate.ts")).vexValidate(call, files, options), options),
    );
}
