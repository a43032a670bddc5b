/** `waybill new`: scaffolds a policy with its test, or a workflow that gates a build. Existing files are left alone. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { diagnostic } from "../../../language/diagnostics/table.ts";
import { nearest } from "../../../language/domains/near.ts";
import type { Call } from "../cli.ts";
import { exit, Stop } from "../shell/exit.ts";
import { fileProblem } from "../shell/files.ts";
import { templates } from "../templates.ts";
import { newKinds } from "../vocabulary.ts";

export async function scaffold(
  call: Call,
  kind: string | undefined,
  name: string,
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { terminal } = call;
  const asked = kind ?? "policy";
  const template = Object.hasOwn(templates, asked) ? templates[asked] : undefined;
  if (!template) {
    const near = nearest(asked, newKinds);
    const help = near === undefined ? `kinds are ${newKinds.join(", ")}` : `did you mean \`${near}\`?`;
    throw new Stop(exit.usage, [diagnostic("WB1024", { value: asked, what: "something that `new` makes" }, undefined, { help })]);
  }
  if (!/^[a-z_]\w*(\.[a-z_]\w*)*$/i.test(name)) {
    const help = "a module name is words joined by dots: `acme.policy`";
    throw new Stop(exit.usage, [diagnostic("WB1024", { value: name, what: "a module name" }, undefined, { help })]);
  }
  const out = typeof options["out"] === "string" ? options["out"] : ".";
  for (const file of template(name)) {
    const path = join(out, file.path);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, file.text, { flag: "wx" });
    } catch (problem) {
      const taken = problem instanceof Error && "code" in problem && problem.code === "EEXIST";
      throw new Stop(exit.usage, [
        taken
          ? diagnostic("WB1023", { path }, undefined, { help: "name another module, or another folder with `--out`" })
          : fileProblem(path, problem),
      ]);
    }
    await terminal.out(`${path}\n`);
    if (!terminal.quiet) await terminal.err(`next: ${file.next(path)}\n`);
  }
  return exit.done;
}
