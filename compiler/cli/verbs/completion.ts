/** `waybill completion`: scripts made from the command table, so that they cannot lag behind it. */
import type { Command } from "commander";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { nearest } from "../../../language/domains/near.ts";
import type { Call } from "../cli.ts";
import { exit, Stop } from "../shell/exit.ts";
import { buildTargets, feedKinds, newKinds, shells } from "../vocabulary.ts";

interface Flag {
  readonly long: string;
  readonly short: string | undefined;
  readonly description: string;
  readonly choices: readonly string[];
  readonly takesValue: boolean;
}
/** A verb, or what stands behind one. */
interface Verb {
  /** `vex decide`. */
  readonly route: string;
  /** Of an alias too. */
  readonly routes: readonly string[];
  readonly name: string;
  readonly description: string;
  readonly flags: readonly Flag[];
  /** Words that arguments may be. */
  readonly words: readonly string[];
  /** Whether they may be files. */
  readonly files: boolean;
  readonly below: readonly Verb[];
}

/** Words that the table does not hold commands to, by route. */
const wordsOf: Readonly<Record<string, readonly string[]>> = {
  new: newKinds,
  completion: shells,
  "feeds update": feedKinds,
  "feeds list": feedKinds,
};
/** Words beside files. */
const moreOf: Readonly<Record<string, readonly string[]>> = { verify: ["image"] };
const choicesOf: Readonly<Record<string, readonly string[]>> = { "build --target": buildTargets };

function verbOf(command: Command, above: string, siblings: readonly string[]): Verb {
  const name = command.name();
  const route = `${above}${name}`;
  const below = verbsOf(command, `${route} `);
  const own = name === "help" ? siblings : (wordsOf[route] ?? []);
  const more = moreOf[route] ?? [];
  return {
    route,
    routes: [name, ...command.aliases()].map((one) => `${above}${one}`),
    name,
    description: command.description(),
    words: [...own, ...more, ...below.flatMap((verb) => verb.routes.map(lastWord))],
    files: own.length === 0 && command.registeredArguments.length > 0,
    flags: command.options.map((option) => ({
      long: option.long ?? "",
      short: option.short,
      description: option.description,
      choices: option.argChoices ?? choicesOf[`${route} ${option.long}`] ?? [],
      takesValue: option.required || option.optional,
    })),
    below,
  };
}

/** The commands below one, and the `help` that it has for them. */
function verbsOf(command: Command, above: string): readonly Verb[] {
  if (command.commands.length === 0) return [];
  const commands = command.createHelp().visibleCommands(command);
  const names = commands.map((one) => one.name()).filter((name) => name !== "help");
  return commands.map((one) => verbOf(one, above, names));
}

function lastWord(route: string): string {
  return route.slice(route.lastIndexOf(" ") + 1);
}

/** Each verb, and after it what stands behind it. */
function flat(verbs: readonly Verb[]): readonly Verb[] {
  return verbs.flatMap((verb) => [verb, ...flat(verb.below)]);
}

function flagNames(flag: Flag): readonly string[] {
  return flag.short === undefined ? [flag.long] : [flag.long, flag.short];
}

/** The routes that have something before them, as alternatives of a `case` in the quotes given. */
function deeper(all: readonly Verb[]): string {
  return flat(all)
    .flatMap((verb) => verb.routes)
    .filter((route) => route.includes(" "))
    .map((route) => `"${route}"`)
    .join("|");
}

function bash(all: readonly Verb[]): string {
  const cases = flat(all).map((verb) => {
    const valued = verb.flags.filter((flag) => flag.takesValue);
    const values = valued.map((flag) => {
      const from = flag.choices.length > 0 ? `-W "${flag.choices.join(" ")}"` : "-f";
      return `        ${flagNames(flag).join("|")}) COMPREPLY=($(compgen ${from} -- "$cur")); return ;;`;
    });
    const flags = verb.flags.flatMap(flagNames).join(" ");
    return `    ${verb.routes.map((route) => `"${route}"`).join("|")})
      case "$prev" in
${values.join("\n")}
      esac
      if [[ "$cur" == -* ]]; then COMPREPLY=($(compgen -W "${flags} --help" -- "$cur"))
      else COMPREPLY=($(compgen -W "${verb.words.join(" ")}" -- "$cur")${verb.files ? ' $(compgen -f -- "$cur")' : ""}); fi ;;`;
  });
  return `# bash completion for waybill: source <(waybill completion bash)
_waybill() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" route="\${COMP_WORDS[1]}" i
  COMPREPLY=()
  if [[ "$cur" == "=" ]]; then cur=""
  elif [[ "$prev" == "=" ]]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  if [[ $COMP_CWORD -eq 1 ]]; then COMPREPLY=($(compgen -W "${all.map((verb) => verb.name).join(" ")} --help --version" -- "$cur")); return; fi
  for ((i = 2; i < COMP_CWORD; i++)); do
    case "$route \${COMP_WORDS[i]}" in
      ${deeper(all)}) route="$route \${COMP_WORDS[i]}"; break ;;
    esac
  done
  case "$route" in
${cases.join("\n")}
  esac
}
complete -o filenames -F _waybill waybill`;
}

const quoted = (text: string): string => text.replaceAll("'", "'\\''").replaceAll("[", "\\[").replaceAll("]", "\\]").replaceAll(":", "\\:");

function zsh(all: readonly Verb[]): string {
  const cases = flat(all).map((verb) => {
    const specs = verb.flags.map((flag) => {
      const value = flag.choices.length > 0 ? `:value:(${flag.choices.join(" ")})` : flag.takesValue ? ":value:_files" : "";
      const said = `[${quoted(flag.description)}]${value}'`;
      return flag.short === undefined ? `'*${flag.long}${said}` : `'*'{${flag.short},${flag.long}}'${said}`;
    });
    const words = `(${verb.words.join(" ")})`;
    const rest =
      verb.words.length === 0
        ? "'*:file:_files'"
        : verb.files
          ? `'*: :{_alternative "words:word:${words}" "files:file:_files"}'`
          : `'*:word:${words}'`;
    return `    ${verb.routes.map((route) => `"${route}"`).join("|")}) _arguments ${[...specs, rest].join(" ")} ;;`;
  });
  return `#compdef waybill
# zsh completion for waybill: waybill completion zsh > "\${fpath[1]}/_waybill"
_waybill() {
  local -a verbs=(${all.map((verb) => `'${verb.name}:${quoted(verb.description)}'`).join(" ")})
  if (( CURRENT == 2 )); then _describe verb verbs; return; fi
  local route="\${words[2]}"
  local -i i at=2
  for (( i = 3; i < CURRENT; i++ )); do
    case "$route \${words[i]}" in
      ${deeper(all)}) route="$route \${words[i]}"; at=i; break ;;
    esac
  done
  shift $(( at - 1 )) words
  (( CURRENT -= at - 1 ))
  case "$route" in
${cases.join("\n")}
  esac
}
compdef _waybill waybill`;
}

function fish(all: readonly Verb[]): string {
  const q = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = [
    "# fish completion for waybill: waybill completion fish > ~/.config/fish/completions/waybill.fish",
    "# Whether the words so far, without options, begin with these: `diff` stands behind `vex` too.",
    "function __waybill_at",
    "    set -l words (commandline -opc)",
    "    set -e words[1]",
    "    set -l plain (string match -v -- '-*' $words)",
    "    set -l last (count $argv)",
    '    test "$plain[1..$last]" = "$argv"',
    "end",
  ];
  for (const verb of all) lines.push(`complete -c waybill -n __fish_use_subcommand -f -a ${verb.name} -d ${q(verb.description)}`);
  for (const verb of flat(all)) {
    for (const route of verb.routes) {
      const deeper = verb.below.flatMap((one) => one.routes.map((below) => `; and not __waybill_at ${below}`)).join("");
      const here = `complete -c waybill -n ${q(`__waybill_at ${route}${deeper}`)}`;
      for (const flag of verb.flags) {
        const short = flag.short ? ` -s ${flag.short.slice(1)}` : "";
        const value = flag.choices.length > 0 ? ` -x -a ${q(flag.choices.join(" "))}` : flag.takesValue ? " -r" : "";
        lines.push(`${here} -l ${flag.long.slice(2)}${short}${value} -d ${q(flag.description)}`);
      }
      if (verb.words.length > 0) lines.push(`${here}${verb.files ? "" : " -f"} -a ${q(verb.words.join(" "))}`);
    }
  }
  return lines.join("\n");
}

export async function completion(call: Call, shell: string, root: Command): Promise<number> {
  const all = verbsOf(root, "");
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
