export async function run(words: readonly string[], version: string): Promise<void> {
  const { Command } = await import("commander");
  new Command().version(version).parse([...words], { from: "user" });
}
