/** `waybill vex …`: the commands. What each does is in its own file under `verbs/`, loaded when it is called. */
import type { Command } from "commander";
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

export function vexCommands(root: Command, _commands: Commands): void {
  root.command("vex").description("decide findings by VEX documents, and read, write, compare and convert them");
}
