/**
 * SPDX licence expressions (SPDX 2.3, annex D; SPDX 3.0, annex B). `spdx-expression-parse` was weighed: it knows ids in
 * one case only, says neither what is wrong nor where, keeps deprecated ids, and overflows the stack on nested input.
 * It is the oracle of the tests.
 */
import { type Parsed, parsed, problem } from "../parsed.ts";
import { canonicalExceptionId, canonicalLicenseId, nearestExceptionId, nearestLicenseId } from "./list.ts";

export type LicenseExpression =
  /** `id` is canonical, or a LicenseRef; `plus` and `exception` as in `Apache-2.0+` and `… WITH exception`. */
  | { readonly kind: "license"; readonly id: string; readonly plus: boolean; readonly exception?: string }
  /** NOASSERTION, NONE, or a name that no SPDX id matches; `malformed`: an expression that cannot be read. */
  | { readonly kind: "unstated"; readonly name: string; readonly malformed?: true }
  | { readonly kind: "and" | "or"; readonly operands: readonly LicenseExpression[] };

const reference = /^(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+$/;
const addition = /^(?:DocumentRef-[A-Za-z0-9.-]+:)?AdditionRef-[A-Za-z0-9.-]+$/;
const longest = 65_536;
const deepest = 100;

/** Whether the text is SPDX's way to say that nothing is said. */
export function isUnstated(text: string): boolean {
  return text === "NOASSERTION" || text === "NONE";
}

type Operator = "AND" | "OR";
const precedence: Readonly<Record<Operator, number>> = { AND: 2, OR: 1 };

type ReadLeaf = (text: string, token: string, exception: string | undefined) => Parsed<LicenseExpression>;

/** Reads an expression; `WITH` binds closest, then `AND`, then `OR`. Operators and ids are read in any case. */
export function parseExpression(text: string): Parsed<LicenseExpression> {
  return parseLeaves(text, readLeaf);
}

const written = /[()]|(?:^|\s)(?:AND|OR|WITH)(?=\s|$)/i;

/**
 * Why a text that stands where a document has expressions is none, whatever licences it names; undefined: it is one, or a
 * bare name, which has nothing of an expression.
 */
export function syntaxProblem(text: string): string | undefined {
  if (text.length <= longest && !written.test(text)) return undefined;
  const read = parseLeaves(text, anyLeaf);
  return read.ok ? undefined : read.problem;
}

function anyLeaf(text: string, token: string, exception: string | undefined): Parsed<LicenseExpression> {
  return exception === "" ? noException(text) : parsed({ kind: "unstated", name: token });
}

function parseLeaves(text: string, readLeaf: ReadLeaf): Parsed<LicenseExpression> {
  if (text.length > longest) return problem(`a licence expression has at most ${longest} characters`);
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  if (tokens.length === 0) return problem("a licence expression cannot be empty");
  const operands: LicenseExpression[] = [];
  const operators: (Operator | "(")[] = [];
  let expectsOperand = true;
  let depth = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] ?? "";
    const word = token.toUpperCase();
    if (token === "(") {
      if (!expectsOperand) return misplaced(text, token);
      if (++depth > deepest) return problem(`a licence expression has parentheses at most ${deepest} deep`);
      operators.push("(");
    } else if (token === ")") {
      if (expectsOperand || depth === 0) return misplaced(text, token);
      depth--;
      while (operators.at(-1) !== "(") join(operands, operators.pop());
      operators.pop();
    } else if (word === "AND" || word === "OR") {
      if (expectsOperand) return misplaced(text, token);
      while (binds(operators.at(-1), word)) join(operands, operators.pop());
      operators.push(word);
      expectsOperand = true;
    } else {
      if (!expectsOperand || word === "WITH") return misplaced(text, token);
      const hasException = tokens[i + 1]?.toUpperCase() === "WITH";
      const leaf = readLeaf(text, token, hasException ? (tokens[i + 2] ?? "") : undefined);
      if (!leaf.ok) return leaf;
      operands.push(leaf.value);
      if (hasException) i += 2;
      expectsOperand = false;
    }
  }
  if (expectsOperand || depth > 0) return problem(`\`${text}\` is not a whole licence expression`);
  while (operators.length > 0) join(operands, operators.pop());
  const [expression] = operands;
  return expression === undefined ? misplaced(text, text) : parsed(expression);
}

function binds(operator: Operator | "(" | undefined, next: Operator): boolean {
  return operator !== undefined && operator !== "(" && precedence[operator] >= precedence[next];
}

/** Replaces the two last operands by their combination; operands of the same kind are kept in one list. */
function join(operands: LicenseExpression[], operator: Operator | "(" | undefined): void {
  const right = operands.pop();
  const left = operands.pop();
  if (left === undefined || right === undefined || operator === undefined || operator === "(") return;
  operands.push(combined(operator === "AND" ? "and" : "or", [left, right]));
}

/** The expressions in one: nested ones of the same kind are flattened, which changes neither reading. */
export function combined(kind: "and" | "or", operands: readonly LicenseExpression[]): LicenseExpression {
  const [only] = operands;
  if (operands.length === 1 && only !== undefined) return only;
  return { kind, operands: operands.flatMap((operand) => (operand.kind === kind ? operand.operands : [operand])) };
}

function misplaced(text: string, token: string): Parsed<never> {
  const slashed = text.replaceAll("/", " OR ");
  const hint = slashed !== text && parseExpression(slashed).ok ? slashed : nearestLicenseId(text);
  return problem(`\`${token}\` is out of place in the licence expression \`${text}\``, hint);
}

function readLeaf(text: string, token: string, exceptionText: string | undefined): Parsed<LicenseExpression> {
  if (exceptionText === "") return noException(text);
  const license = readLicense(text, token);
  if (!license.ok || exceptionText === undefined || license.value.kind !== "license") return license;
  const exception = addition.test(exceptionText) ? exceptionText : canonicalExceptionId(exceptionText);
  if (exception === undefined) {
    const near = nearestExceptionId(exceptionText);
    return problem(`SPDX has no exception \`${exceptionText}\``, near && text.replace(exceptionText, near));
  }
  if (license.value.exception !== undefined) return problem(`\`${token}\` has an exception already`);
  return parsed({ ...license.value, exception });
}

function noException(text: string): Parsed<never> {
  return problem(`\`${text}\` names no exception after \`WITH\``);
}

function readLicense(text: string, token: string): Parsed<LicenseExpression> {
  if (isUnstated(token)) return parsed({ kind: "unstated", name: token });
  if (reference.test(token)) return parsed({ kind: "license", id: token, plus: false });
  const canonical = canonicalLicenseId(token);
  if (canonical === undefined) return unknownId(text, token);
  const [id = "", exception] = canonical.split(" WITH ");
  const plus = id.endsWith("+");
  return parsed({ kind: "license", id: plus ? id.slice(0, -1) : id, plus, ...(exception === undefined ? {} : { exception }) });
}

function unknownId(text: string, token: string): Parsed<never> {
  const slashed = token.replaceAll("/", " OR ");
  if (slashed !== token && parseExpression(slashed).ok) return problem(`\`${token}\` is not a licence id`, text.replace(token, slashed));
  const whole = nearestLicenseId(text);
  const near = text === token ? whole : nearestLicenseId(token);
  return problem(`SPDX has no licence \`${token}\``, near === undefined ? whole : text.replace(token, near));
}

/** In canonical form, with parentheses only where they count. */
export function showExpression(expression: LicenseExpression): string {
  switch (expression.kind) {
    case "license":
      return leafText(expression);
    case "unstated":
      return isUnstated(expression.name) ? expression.name : `"${expression.name}"`;
    case "or":
      return expression.operands.map(showExpression).join(" OR ");
    case "and":
      return expression.operands
        .map((operand) => (operand.kind === "or" ? `(${showExpression(operand)})` : showExpression(operand)))
        .join(" AND ");
  }
}

function leafText(leaf: Extract<LicenseExpression, { kind: "license" }>): string {
  return `${leaf.id}${leaf.plus ? "+" : ""}${leaf.exception === undefined ? "" : ` WITH ${leaf.exception}`}`;
}
