/** `waybill completion`: scripts made from the command table, so that they cannot lag behind it. */
import type { Command } from "commander";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { nearest } from "../../../language/domains/near.ts";
import type { Call } from "../cli.ts";
import { exit, Stop } from "../shell/exit.ts";
import { newKinds, shells, versionVerbs } from "../vocabulary.ts";

interface Flag {
  readonly long: string;
  readonly short: string | undefined;
  readonly description: string;
  readonly choices: readonly string[];
  readonly takesValue: boolean;
}
interface Verb {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly Flag[];
  /** Words that the first argument may be; otherwise files. */
  readonly words: readonly string[];
}

const wordsOf: Readonly<Record<string, readonly string[]>> = { new: newKinds, completion: shells, version: versionVerbs };

function verbs(root: Command): readonly Verb[] {
  return root.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    words: wordsOf[command.name()] ?? [],
    flags: command.options.map((option) => ({
      long: option.long ?? "",
      short: option.short,
      description: option.description,
      choices: option.argChoices ?? [],
      takesValue: option.required || option.optional,
    })),
  }));
}

function bash(all: readonly Verb[]): string {
  const cases = all.map((verb) => {
    const values = verb.flags
      .filter((flag) => flag.choices.length > 0)
      .map(
        (flag) =>
          `        ${[flag.long, flag.short].filter(Boolean).join("|")}) COMPREPLY=($(compgen -W "${flag.choices.join(" ")}" -- "$cur")); return ;;`,
      );
    const flags = verb.flags
      .flatMap((flag) => [flag.long, flag.short])
      .filter(Boolean)
      .join(" ");
    return `    ${verb.name})
      case "$prev" in
${values.join("\n")}
      esac
      if [[ "$cur" == -* ]]; then COMPREPLY=($(compgen -W "${flags} --help" -- "$cur"))
      else COMPREPLY=($(compgen -W "${verb.words.join(" ")}" -- "$cur")${verb.words.length === 0 ? ' $(compgen -f -- "$cur")' : ""}); fi ;;`;
  });
  return `# bash completion for waybill: source <(waybill completion bash)
_waybill() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then COMPREPLY=($(compgen -W "${all.map((verb) => verb.name).join(" ")} help --help --version" -- "$cur")); return; fi
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
}
complete -o filenames -F _waybill waybill`;
}

const quoted = (text: string): string => text.replaceAll("'", "'\\''").replaceAll("[", "\\[").replaceAll("]", "\\]").replaceAll(":", "\\:");

function zsh(all: readonly Verb[]): string {
  const cases = all.map((verb) => {
    const specs = verb.flags.map((flag) => {
      const value = flag.choices.length > 0 ? `:value:(${flag.choices.join(" ")})` : flag.takesValue ? ":value:_files" : "";
      return `'${flag.long}[${quoted(flag.description)}]${value}'`;
    });
    const rest = verb.words.length > 0 ? `'*:word:(${verb.words.join(" ")})'` : "'*:file:_files'";
    return `    ${verb.name}) _arguments ${[...specs, rest].join(" ")} ;;`;
  });
  return `#compdef waybill
# zsh completion for waybill: waybill completion zsh > "\${fpath[1]}/_waybill"
_waybill() {
  local -a verbs=(${all.map((verb) => `'${verb.name}:${quoted(verb.description)}'`).join(" ")})
  if (( CURRENT == 2 )); then _describe verb verbs; return; fi
  local verb="\${words[2]}"
  shift words; (( CURRENT-- ))
  case "$verb" in
${cases.join("\n")}
  esac
}
compdef _waybill waybill`;
}

function fish(all: readonly Verb[]): string {
  const q = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = ["# fish completion for waybill: waybill completion fish > ~/.config/fish/completions/waybill.fish"];
  for (const verb of all) {
    lines.push(`complete -c waybill -n __fish_use_subcommand -f -a ${verb.name} -d ${q(verb.description)}`);
    for (const flag of verb.flags) {
      const short = flag.short ? ` -s ${flag.short.slice(1)}` : "";
      const value = flag.choices.length > 0 ? ` -x -a ${q(flag.choices.join(" "))}` : flag.takesValue ? " -r" : "";
      lines.push(
        `complete -c waybill -n ${q(`__fish_seen_subcommand_from ${verb.name}`)} -l ${flag.long.slice(2)}${short}${value} -d ${q(flag.description)}`,
      );
    }
    if (verb.words.length > 0)
      lines.push(`complete -c waybill -n ${q(`__fish_seen_subcommand_from ${verb.name}`)} -f -a ${q(verb.words.join(" "))}`);
  }
  return lines.join("\n");
}

export async function completion(call: Call, shell: string, root: Command): Promise<number> {
  const all = verbs(root);
  const scripts: Readonly<Record<string, (all: readonly Verb[]) => string>> = { bash, zsh, fish };
  const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
  if (!script) {
    const near = nearest(shell, shells);
    const help = near === undefined ? `shells are ${shells.join(", ")}` : `did you mean \`${near}\`?`;
    throw new Stop(exit.usage, [diagnostic("WB1024", { value: shell, what: "a shell with a completion script" }, undefined, { help })]);
  }
  await call.terminal.out(`${script(all)}\n`);
  return exit.done;
}
