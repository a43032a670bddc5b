/** POSIX paths, absolute or relative, in the form in which equal texts name the same entry (symbolic links aside). */
import { checked, type Parsed, parsed, problem } from "./parsed.ts";

const longest = 4096;

/** Reads a path without empty, `.` and `..` segments and without a slash at its end (`/` alone excepted). */
export function parsePath(text: string): Parsed<string> {
  return checked(read(text), read);
}

function read(text: string): Parsed<string> {
  if (text === "") return problem("a path cannot be empty");
  if (text.includes("\0")) return problem("a path cannot hold a NUL character");
  if (text.length > longest) return problem(`a path has at most ${longest} characters`);
  if (text === "/") return parsed(text);
  const segments = text.split("/");
  if (segments.includes("..")) return problem(`\`${text}\` climbs with \`..\`: write the path it leads to`);
  const isAbsolute = text.startsWith("/");
  const kept = segments.filter((segment) => segment !== "" && segment !== ".");
  const clean = (isAbsolute ? "/" : "") + kept.join("/");
  if (clean === text) return parsed(text);
  return problem(`\`${text}\` has empty or \`.\` segments`, clean === "" ? undefined : clean);
}

/** As `parsePath` reads it. */
export function showPath(path: string): string {
  return path;
}
