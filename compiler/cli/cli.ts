/** The commands and their options. What a verb does is in its own file, loaded when it is called. */
import { Command, CommanderError, Option } from "commander";
import { diagnostic } from "../../language/diagnostics/table.ts";
import type { Options } from "./options.ts";
import { exit, Stop } from "./shell/exit.ts";
import { reportBug, reportStop } from "./shell/report.ts";
import { openTerminal, type Terminal } from "./shell/terminal.ts";
import { vexCommands } from "./vex-commands.ts";
import { buildTargets, diagnosticFormats, feedKinds, gateFormats, newKinds, shells, testFormats } from "./vocabulary.ts";

/** What every verb is given. */
export interface Call {
  readonly terminal: Terminal;
  readonly version: string;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}

/** Options of every verb. */
function general(command: Command): Command {
  return command
    .addOption(choice("--color <when>", "colour of text output", ["auto", "always", "never"]).default("auto"))
    .option("-q, --quiet", "nothing on stderr but errors")
    .option("-v, --verbose", "say more")
    .addOption(choice("--progress <when>", "progress on stderr", ["auto", "never"]).default("auto"))
    .option("--offline", "refuse whatever would read the network");
}

/** Options of what reads the settings of a project. */
function configured(command: Command): Command {
  return general(command)
    .option(
      "--config <file>",
      "the waybill.toml whose settings hold (default: of the policies, the one above them in the working directory)",
    )
    .option("--no-config", "no settings of any waybill.toml");
}

/** Options of what decides. */
function deciding(command: Command): Command {
  return configured(command)
    .option("-p, --policy <path>", "file, folder or `-`; repeatable (default: `policy` of waybill.toml)", collect, [])
    .option("--set <module.name=value>", "value of an input; repeatable", collect, [])
    .option("--now <time>", "RFC 3339 time to decide at (default: the clock)");
}

function judging(command: Command): Command {
  return deciding(command)
    .option("-s, --subject <subject>", "image reference, purl, sha256:…, manifest or file (default: the SBOM's root)")
    .option("-e, --evidence <path...>", "evidence files or folders; repeatable")
    .option("--given <kind.fact=value>", "a fact that only the caller knows: image.namespace=prod; repeatable", collect, [])
    .option("--at <point>", "enforcement point", "ci")
    .option("--trusted-root <file>", "Sigstore trusted root (default: the public one); repeatable", collect, [])
    .option("--key <file>", "public key that `key` declarations mean by fingerprint; repeatable", collect, [])
    .option("--insecure-registry <host>", "ask this registry without TLS; repeatable", collect, [])
    .option("--registry-ca <file>", "certificates of authorities for registries")
    .option("--layout <folder>", "read what is attached to images from this OCI layout, and ask no registry");
}

function program(
  version: string,
  verb: string | undefined,
  act: (run: (call: Call) => Promise<number>, options: Options) => Promise<void>,
): Command {
  const root = new Command("waybill")
    .description("Typed policies for software supply chains: check them, test them, and gate builds on real evidence.")
    .version(`waybill ${version}`, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [verb]", "print help")
    // What stands behind a verb is its own: `verify commit` has options that `verify` has too.
    .enablePositionalOptions()
    .addHelpText(
      "after",
      `
Examples:
  $ waybill check policies
  $ waybill test policies
  $ waybill gate --policy policies/acme.scp --evidence sbom.json scan.json
  $ waybill gate ghcr.io/acme/shop:1.4 --policy policies --given image.namespace=prod
  $ waybill why acme.findings.fixable.critical --policy policies --evidence scan.json

Exit codes: 0 done or allow, 1 the answer is no, 2 used wrongly, 3 no verdict, 70 a bug in Waybill`,
    );

  configured(root.command("check").description("parse, resolve, type-check and lint policies"))
    .argument("[path...]", "files, folders or `-` (default: `policy` of waybill.toml, or the working directory)")
    .addOption(choice("-f, --format <format>", "output", diagnosticFormats).default("text"))
    .option("--plan", "say which attestations the clauses need, and what they cost to fetch")
    .option("--now <time>", "RFC 3339 time at which waivers that have ended are named (default: none are)")
    .addHelpText(
      "after",
      "\nExamples:\n  $ waybill check policies\n  $ waybill check --now 2027-01-01T00:00:00Z policies\n  $ waybill check --format sarif policies > check.sarif\n  $ cat p.scp | waybill check -",
    )
    .action((paths: string[], options: Options) =>
      act(async (call) => (await import("./verbs/check.ts")).check(call, paths, options), options),
    );
  // It is called on every save, and nothing that it says is about the other verbs.
  if (verb === "check") return root;

  general(root.command("fmt").description("format policies in place"))
    .argument("[path...]", "files, folders or `-` for stdin to stdout")
    .option("--check", "change nothing; name the files that are not formatted, and exit 1")
    .addHelpText("after", "\nExamples:\n  $ waybill fmt policies\n  $ waybill fmt --check policies\n  $ waybill fmt - < p.scp")
    .action((paths: string[], options: Options) =>
      act(async (call) => (await import("./verbs/fmt.ts")).fmt(call, paths, options), options),
    );

  configured(root.command("test").description("run the `test` blocks of policies"))
    .argument("[path...]", "files or folders")
    .option("--filter <text>", "only tests whose title contains the text")
    .option("--set <module.name=value>", "value of an input; repeatable", collect, [])
    .option("--coverage", "say which outcomes, conditions and table rows no test reached")
    .option("--mutate", "put small faults into the policies and list those that no test notices")
    .option("--watch", "run again when a policy changes")
    .addOption(choice("-f, --format <format>", "output", testFormats).default("text"))
    .addHelpText(
      "after",
      "\nExamples:\n  $ waybill test policies\n  $ waybill test policies --filter unsigned\n  $ waybill test policies --format junit > tests.xml",
    )
    .action((paths: string[], options: Options) =>
      act(async (call) => (await import("./verbs/test.ts")).test(call, paths, options), options),
    );

  judging(root.command("gate").description("decide one artifact from evidence files, a registry or an OCI layout"))
    .argument("[subject]", "the same as --subject")
    .addOption(choice("-f, --format <format>", "output", gateFormats).default("text"))
    .option("--attest <folder>", "write each verdict as a signed VSA and SVR")
    .option("--attest-key <file>", "private key (PEM) that signs them; its passphrase is in WAYBILL_KEY_PASSPHRASE")
    .option("--signing-config <file>", "sign keyless, by the Sigstore services that this file names")
    .option("--identity-token <file>", "OIDC token for it (default: SIGSTORE_ID_TOKEN, or the CI's own)")
    .option("--verifier-id <uri>", "who decided, as consumers know it")
    .option("--policy-uri <uri>", "where the policy is to be found")
    .option("--resource-uri <uri>", "what was judged, as consumers fetch it")
    .option("--record <folder>", "keep everything that the decision rests on, for `waybill replay`")
    .addHelpText(
      "after",
      "\nExamples:\n  $ waybill gate --policy policies --evidence sbom.json\n  $ waybill gate ghcr.io/acme/shop@sha256:… -p policies -e sbom.json scan.json --format sarif\n  $ waybill gate --subject deployment.yaml -p policies/pods.scp",
    )
    .action((subject: string | undefined, options: Options) =>
      act(async (call) => (await import("./verbs/gate.ts")).gate(call, subject, options), options),
    );

  deciding(root.command("replay").description("decide again from a record of `gate --record`, offline"))
    .argument("<folder>", "the record")
    .addOption(choice("-f, --format <format>", "output", ["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nWithout options it must come to the same bytes. With --policy, --set or --now it prints what flips.\n\nExamples:\n  $ waybill replay record\n  $ waybill replay record --policy next.scp --now 2027-01-01T00:00:00Z",
    )
    .action((folder: string, options: Options) =>
      act(async (call) => (await import("./verbs/replay.ts")).replay(call, folder, options), options),
    );

  deciding(root.command("eval").description("decide subjects that are given as data"))
    .argument("[file]", "a JSON request, or `-` (default: stdin)")
    .option("--batch", "a JSON request a line on stdin, an answer a line on stdout, in the same order")
    .option("--effects-only", "leave `clauses` and `missing` out")
    .option("--evidence-root <folder>", "folder that evidence paths resolve against and may not leave", ".")
    .addHelpText(
      "after",
      '\nExamples:\n  $ echo \'{"at":"ci","subject":{"kind":"image","object":"nginx"}}\' | waybill eval -p policies\n  $ waybill eval -p policies --batch --effects-only < requests.jsonl',
    )
    .action((file: string | undefined, options: Options) =>
      act(async (call) => (await import("./verbs/eval.ts")).evaluate(call, file, options), options),
    );

  judging(root.command("why").description("explain how one clause was decided, or the rows of a `vex` declaration"))
    .argument("<clause>", "POLICY.CLAUSE, or a `vex` declaration, with or without its module")
    .option("--decision <file>", "explain a decision that `gate --format json` wrote")
    .addOption(choice("-f, --format <format>", "output", ["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nExamples:\n  $ waybill why fixable.critical -p policies -e scan.json\n  $ waybill why fixable.critical --decision decision.json\n  $ waybill why exploitability -p policies -e sbom.json scan.json",
    )
    .action((clause: string, options: Options) =>
      act(async (call) => (await import("./verbs/why.ts")).why(call, clause, options), options),
    );

  const verify = general(root.command("verify").description("verify Sigstore bundles against an artifact and a signer"));
  verify
    .enablePositionalOptions()
    .argument("<bundle...>", "bundles in JSON (v0.1 to v0.3), or files with one a line; or `image REF` with --policy")
    .option("-p, --policy <path>", "with `image`: file or folder of the policies; repeatable", collect, [])
    .option("--config <file>", "with `image`: the waybill.toml whose settings hold (default: the one of the policies)")
    .option("--no-config", "with `image`: no settings of any waybill.toml")
    .option("--set <module.name=value>", "with `image`: value of an input; repeatable", collect, [])
    .option("--given <kind.fact=value>", "with `image`: a fact that only the caller knows; repeatable", collect, [])
    .option("--at <point>", "with `image`: enforcement point", "ci")
    .option("--insecure-registry <host>", "with `image`: ask this registry without TLS; repeatable", collect, [])
    .option("--registry-ca <file>", "with `image`: certificates of authorities for registries")
    .option("--artifact <file>", "what the bundles must be about")
    .option("--digest <algorithm:hex>", "its digest, where the file is not at hand")
    .option("--identity <name>", "subject alternative name of the certificate, exactly; with --issuer, unless it is a SPIFFE id")
    .option("--issuer <url>", "who vouched for the identity, exactly")
    .option("--key <file>", "public key (PEM or DER) instead of an identity; repeatable", collect, [])
    .option("--trusted-root <file>", "trusted root; repeatable (default: `public-good`, which comes with waybill)", collect, [])
    .option("--max-root-age <days>", "refuse a trusted root with nothing newer than this")
    .option("--require-log", "with --key: refuse signatures that are in no log")
    .option("--now <time>", "RFC 3339 time to decide at (default: the clock)")
    .addOption(choice("-f, --format <format>", "output", ["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nExamples:\n  $ waybill verify app.sigstore.json --artifact app.tar.gz --issuer https://token.actions.githubusercontent.com --identity https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1\n  $ waybill verify app.sigstore.json --digest sha256:… --key release.pub",
    )
    .action((bundles: string[], options: Options) =>
      act(async (call) => {
        const [first, reference, ...more] = bundles;
        if (first === "image" && reference !== undefined && more.length === 0)
          return (await import("./verbs/verify-image.ts")).verifyImage(call, reference, options);
        return (await import("./verbs/verify.ts")).verify(call, bundles, options);
      }, options),
    );

  general(verify.command("commit").description("verify the signature of a commit: SSH, OpenPGP or gitsign"))
    .argument("<revision>", "commit, tag or branch")
    .option("--repo <folder>", "the repository", ".")
    .option("--allowed-signers <file>", "who may sign with which SSH key (ssh-keygen(1)); repeatable", collect, [])
    .option("--key <file>", "OpenPGP public key, armoured or not; repeatable", collect, [])
    .option("--identity <name>", "who must have signed, exactly: the name in the certificate, or of an SSH key (default: the committer)")
    .option("--issuer <url>", "who vouched for the identity of a certificate, exactly")
    .option("--trusted-root <file>", "trusted root for gitsign; repeatable (default: Sigstore's public one)", collect, [])
    .option("--now <time>", "RFC 3339 time to decide at (default: the clock)")
    .addOption(choice("-f, --format <format>", "output", ["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nExamples:\n  $ waybill verify commit HEAD --allowed-signers .github/allowed_signers\n  $ waybill verify commit v1.4.0 --identity ada@acme.example --issuer https://accounts.google.com",
    )
    .action((revision: string, options: Options) =>
      act(async (call) => (await import("./verbs/commit.ts")).verifyRevision(call, revision, options), options),
    );

  const attest = root.command("attest").description("sign what waybill has seen, as an attestation");
  general(attest.command("change").description("attest who reviewed a change, from a snapshot of its pull request"))
    .argument("<snapshot>", "answers of GitHub's API in one JSON file, or `-`")
    .requiredOption("--key <file>", "private key in PEM: Ed25519, ECDSA over P-256 or RSA")
    .requiredOption("-o, --out <file>", "bundle to write, or `-` for stdout")
    .addHelpText(
      "after",
      `
A snapshot is { "pull": …, "reviews": […], "commits": […], "check_runs": …, "merge_commit": …, "required_status_checks": … }, each as
GitHub's REST API answers it.

Example:
  $ waybill attest change pull-42.json --key review.pem --out change.sigstore.json`,
    )
    .action((snapshot: string, options: Options) =>
      act(async (call) => (await import("./verbs/attest.ts")).attestChange(call, snapshot, options), options),
    );

  configured(root.command("build").description("compile policies to what other tools read, and say what cannot be told them"))
    .argument("[path...]", "files, folders or `-` (default: `policy` of waybill.toml, or the working directory)")
    .option("-t, --target <name>", `what to compile to: ${buildTargets.join(", ")}; repeatable (default: all)`, collect, [])
    .requiredOption("-o, --out <folder>", "folder to write to")
    .addOption(choice("-f, --format <format>", "output", ["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nExamples:\n  $ waybill build --target identity --out out policies\n  $ waybill build --target seccomp --out out policies\n  $ waybill build -o out --format json policies/release.scp",
    )
    .action((paths: string[], options: Options) =>
      act(async (call) => (await import("./verbs/build.ts")).build(call, paths, options), options),
    );

  configured(root.command("diff").description("what an edit does to decision tables, and which clauses and waivers came or went"))
    .argument("<old>", "file, folder or `-`")
    .argument("<new>", "file, folder or `-`")
    .addOption(choice("-f, --format <format>", "output", ["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nExamples:\n  $ waybill diff policies.old policies\n  $ git show HEAD:policies/risk.scp | waybill diff - policies/risk.scp",
    )
    .action((old: string, now: string, options: Options) =>
      act(async (call) => (await import("./verbs/diff.ts")).diff(call, old, now, options), options),
    );

  vexCommands(root, { general, deciding, judging, collect, act });

  const trust = root.command("trust").description("trusted roots of Sigstore");
  general(trust.command("update").description("fetch a trusted root by TUF; nothing else ever does"))
    .option("-o, --out <file>", "file to write", "trusted_root.json")
    .option("--mirror <url>", "TUF repository (default: Sigstore's public one)")
    .option("--root <file>", "TUF root that is trusted to begin with; needed with --mirror")
    .option("--cache <folder>", "metadata seen last, which older ones are refused for (default: in the data folder)")
    .addHelpText(
      "after",
      "\nExamples:\n  $ waybill trust update --out trusted_root.json\n  $ waybill trust update --mirror https://tuf-repo.github.com --root github-tuf-root.json --out github.json",
    )
    .action((options: Options) => act(async (call) => (await import("./verbs/trust.ts")).update(call, options), options));

  const versions = root.command("version").description("compare versions as their ecosystem does");
  general(versions.command("compare").description("print `<`, `=`, `>`, or `?` where one is no version of the ecosystem"))
    .argument("[a]", "version")
    .argument("[b]", "version")
    .requiredOption("--ecosystem <type>", "its purl type: npm, pypi, maven, golang, nuget, gem, deb, rpm, apk, composer, …")
    .option("--batch", "`A<TAB>B` a line on stdin, an answer a line on stdout, in the same order")
    .addHelpText(
      "after",
      "\nExamples:\n  $ waybill version compare --ecosystem deb 1.0~rc1 1.0\n  $ waybill version compare --ecosystem npm --batch < pairs.tsv",
    )
    .action((a: string | undefined, b: string | undefined, options: Options) =>
      act(async (call) => (await import("./verbs/version.ts")).compare(call, a, b, options), options),
    );
  general(versions.command("contains").description("print `in`, `out`, or `?` where it is not known; exit 0, 1, 3"))
    .argument("<range>", "a VERS string: 'vers:npm/>=1.0.0|<2.0.0'")
    .argument("<version>", "version of the same ecosystem")
    .addHelpText("after", "\nExample:\n  $ waybill version contains 'vers:pypi/>=1.0|<2.0' 1.5.post1")
    .action((range: string, version: string, options: Options) =>
      act(async (call) => (await import("./verbs/version.ts")).contains(call, range, version), options),
    );
  versions.addHelpText("after", "\nExample:\n  $ waybill version compare --ecosystem maven 1.0-rc1 1.0");

  const feeds = root.command("feeds").description("fetch the feeds that waybill.toml names, and say what is at hand");
  configured(feeds.command("update").description("fetch each URL of `[feeds]` into the cache, where it is newer"))
    .argument("[feed...]", `only these: ${feedKinds.join(", ")}`)
    .option("--cache <folder>", "folder of what is fetched (default: `cache` of `[feeds]`, or the user's cache)")
    .option("--max-size <megabytes>", "refuse a feed that is larger (default: 2000)")
    .option("--attempts <count>", "attempts at each feed; each continues where the one before was cut off (default: 5)")
    .addOption(choice("-f, --format <format>", "output", ["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nNothing else fetches feeds: a decision reads what is in the cache.\n\nExamples:\n  $ waybill feeds update\n  $ waybill feeds update epss kev --format json",
    )
    .action((kinds: string[], options: Options) =>
      act(async (call) => (await import("./verbs/feeds.ts")).updateFeeds(call, kinds, options), options),
    );
  configured(feeds.command("list").alias("status").description("say which feeds are at hand, of when, and under which digest"))
    .argument("[feed...]", `only these: ${feedKinds.join(", ")}`)
    .option("--cache <folder>", "folder of what was fetched (default: `cache` of `[feeds]`, or the user's cache)")
    .option("--now <time>", "RFC 3339 time that ages are told at (default: the clock)")
    .addOption(choice("-f, --format <format>", "output", ["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nExit code 1: one of them is not at hand.\n\nExamples:\n  $ waybill feeds list\n  $ waybill feeds status --format json",
    )
    .action((kinds: string[], options: Options) =>
      act(async (call) => (await import("./verbs/feeds.ts")).listFeeds(call, kinds, options), options),
    );

  general(root.command("explain").description("the page of a diagnostic"))
    .argument("[code]", "WB0301 (without it: every code)")
    .addHelpText("after", "\nExample:\n  $ waybill explain WB0301")
    .action((code: string | undefined, options: Options) =>
      act(async (call) => (await import("./verbs/explain.ts")).explain(call, code), options),
    );

  general(root.command("new").description("scaffold a policy with its test, or a workflow"))
    .argument("[kind]", newKinds.join(", "))
    .argument("[name]", "module name", "acme.policy")
    .option("-o, --out <folder>", "folder to write to", ".")
    .addHelpText("after", "\nExamples:\n  $ waybill new\n  $ waybill new findings acme.findings --out policies")
    .action((kind: string | undefined, name: string, options: Options) =>
      act(async (call) => (await import("./verbs/new.ts")).scaffold(call, kind, name, options), options),
    );

  general(root.command("completion").description("print a completion script"))
    .argument("<shell>", shells.join(", "))
    .addHelpText(
      "after",
      "\nExamples:\n  $ source <(waybill completion bash)\n  $ waybill completion fish > ~/.config/fish/completions/waybill.fish",
    )
    .action((shell: string, options: Options) =>
      act(async (call) => (await import("./verbs/completion.ts")).completion(call, shell, root), options),
    );

  return root;
}

/** commander's sentences, in our voice: lower case, no full stop, names in backticks. */
function usage(problem: CommanderError): readonly [string, string | undefined] {
  if (problem.code === "commander.help") return ["a command is missing after the verb", undefined];
  const [first = "", ...rest] = problem.message.replace(/^error: /, "").split("\n");
  const near = /Did you mean (?:one of )?(.*)\?\)?$/.exec(rest.join(" "))?.[1];
  const said = first.replaceAll("'", "`").replace(". Allowed choices are ", "; choices are ").replace(/\.$/, "");
  return [
    said.charAt(0).toLowerCase() + said.slice(1),
    near === undefined ? undefined : `did you mean \`${near.replaceAll(/['"`]/g, "")}\`?`,
  ];
}

/** Runs the command line; sets the exit code. */
export async function run(words: readonly string[], version: string): Promise<void> {
  // What no verb catches is a bug as well, and must not end as Node's own trace with exit code 1: that would be an answer.
  const fatal = (problem: unknown): void => {
    void reportBug(problem, version, words).then((code) => process.exit(code));
  };
  process.on("uncaughtException", fatal);
  // Help is written before a verb opens its terminal, and who reads it may stop (`--help | head`).
  process.stdout.on("error", (problem: NodeJS.ErrnoException) => {
    if (problem.code !== "EPIPE") fatal(problem);
  });
  process.on("unhandledRejection", fatal);
  let ran = false;
  const root = program(version, words[0], async (verb, options) => {
    ran = true;
    const terminal = openTerminal(options);
    try {
      process.exitCode = await verb({ terminal, version });
    } catch (problem) {
      if (problem instanceof Stop) process.exitCode = await reportStop(problem, terminal);
      else process.exitCode = await reportBug(problem, version, words);
    }
  });
  const silent = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    for (const child of command.commands) silent(child);
  };
  silent(root);
  try {
    if (words.length === 0) {
      process.stderr.write(root.helpInformation());
      process.exitCode = exit.usage;
      return;
    }
    await root.parseAsync([...words], { from: "user" });
  } catch (problem) {
    if (!(problem instanceof CommanderError)) {
      process.exitCode = await reportBug(problem, version, words);
      return;
    }
    if (problem.exitCode === 0 || ran) return;
    const [said, help] = usage(problem);
    const verb = words.find((word) => root.commands.some((command) => command.name() === word));
    const stop = new Stop(exit.usage, [
      diagnostic("WB1000", { problem: said }, undefined, {
        help: help ?? `\`waybill ${verb === undefined ? "" : `${verb} `}--help\` lists what there is`,
      }),
    ]);
    process.exitCode = await reportStop(stop, openTerminal({}));
  }
}
