/** WB1140 to WB1159: container registries and OCI layouts. */
import { row } from "../row.ts";

const size = (n: number): string => (n >= 1_000_000 ? `${Math.round(n / 100_000) / 10} MB` : `${n} bytes`);

export const registryCodes = {
  WB1140: row<{ registry: string; problem: string }>(
    "error",
    "registry cannot be reached",
    (p) => `registry \`${p.registry}\` cannot be reached: ${p.problem}`,
  ),
  WB1141: row<{ reference: string }>("error", "image is not in the registry", (p) => `the registry has no \`${p.reference}\``),
  WB1142: row<{ registry: string; problem: string }>(
    "error",
    "registry wants a login",
    (p) => `registry \`${p.registry}\` wants a login: ${p.problem}`,
  ),
  WB1143: row<{ registry: string; what: string }>(
    "error",
    "registry forbids reading",
    (p) => `registry \`${p.registry}\` does not let this login read ${p.what}`,
  ),
  WB1144: row<{ registry: string; tries: number }>(
    "error",
    "registry limits requests",
    (p) =>
      `registry \`${p.registry}\` answers that there are too many requests, after ${p.tries} ${p.tries === 1 ? "attempt" : "attempts"}`,
  ),
  WB1145: row<{ registry: string; status: number; what: string }>(
    "error",
    "registry answers with an error",
    (p) => `registry \`${p.registry}\` answered ${p.status} for ${p.what}`,
  ),
  WB1146: row<{ registry: string; what: string; problem: string }>(
    "error",
    "registry answers incompletely",
    (p) => `registry \`${p.registry}\` ${p.problem} for ${p.what}`,
  ),
  WB1147: row<{ what: string; problem: string }>(
    "error",
    "content is not what its digest says",
    (p) => `${p.what} is not what its digest says: ${p.problem}`,
  ),
  WB1148: row<{ what: string; limit: number }>(
    "error",
    "registry content is too large",
    (p) => `${p.what} is larger than the limit of ${size(p.limit)}`,
  ),
  WB1149: row<{ what: string; problem: string }>(
    "error",
    "registry content cannot be read",
    (p) => `${p.what} cannot be read: ${p.problem}`,
  ),
  WB1150: row<{ registry: string; what: string; problem: string }>(
    "error",
    "registry redirects where it may not",
    (p) => `registry \`${p.registry}\` redirects ${p.what} ${p.problem}`,
  ),
  WB1151: row<{ most: number }>(
    "error",
    "image costs more requests than allowed",
    (p) => `the image costs more than the ${p.most} requests that it may`,
  ),
  WB1152: row<{ count: number; what: string; limit: number }>(
    "warning",
    "not everything attached to the image was looked at",
    (p) => `${p.count} more ${p.what} were left out: at most ${p.limit} are read`,
  ),
  WB1153: row<{ path: string; problem: string }>(
    "error",
    "registry credentials cannot be read",
    (p) => `credentials in \`${p.path}\` cannot be read: ${p.problem}`,
  ),
  WB1154: row<{ program: string; problem: string }>(
    "error",
    "credential helper failed",
    (p) => `credential helper \`${p.program}\` failed: ${p.problem}`,
  ),
  WB1155: row<{ path: string; problem: string }>(
    "error",
    "OCI layout cannot be read",
    (p) => `\`${p.path}\` is not an OCI image layout that can be read: ${p.problem}`,
  ),
  WB1156: row<{ path: string; problem: string }>(
    "error",
    "certificates for a registry cannot be read",
    (p) => `certificates in \`${p.path}\` cannot be read: ${p.problem}`,
  ),
};
