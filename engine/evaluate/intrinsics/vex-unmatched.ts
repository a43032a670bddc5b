/** VEX statements that matched no finding: the commonest complaint about VEX is that they fail to match in silence. */
import type { DataRecord } from "../../../language/core/data.ts";
import {
  componentMatches,
  questionOf,
  subjectKeys,
  type VexIndex,
  type VexQuestion,
  type VexStatement,
  wholeMatches,
} from "./vex-index.ts";
import { type Miss, missOfComponent, missOfProduct, missOfSubcomponent, nearestMiss, type VexSubject } from "./vex-product.ts";

export interface UnmatchedStatement {
  readonly statement: VexStatement;
  /** What kept it from matching the finding that came nearest; `vulnerability`: no finding has it. */
  readonly nearest: Miss | "vulnerability";
}

/** Findings of one vulnerability that a statement is compared with to find its nearest miss. */
const mostCompared = 20;

/** The statements that matched none of the findings, in their order, each with its nearest miss. One pass over each. */
export function unmatchedStatements(index: VexIndex, findings: readonly DataRecord[], subject: VexSubject): readonly UnmatchedStatement[] {
  const matched = new Set<VexStatement>();
  const asked = new Set<string>();
  const questions = new Map<string, VexQuestion[]>();
  const keys = subjectKeys(subject);
  for (const finding of findings) {
    const question = questionOf(index, finding);
    if (question === undefined || asked.has(question.key)) continue;
    asked.add(question.key);
    for (const statement of componentMatches(index, question, subject, keys)) matched.add(statement);
    for (const vulnerability of question.vulnerabilities) {
      const known = questions.get(vulnerability);
      if (known !== undefined) {
        if (known.length < mostCompared) known.push(question);
        continue;
      }
      questions.set(vulnerability, [question]);
      for (const statement of wholeMatches(index, vulnerability, subject)) matched.add(statement);
    }
  }
  return index.statements
    .filter((statement) => !matched.has(statement))
    .map((statement) => {
      const near = questions.get(index.classes.of(statement.ids[0] ?? "")) ?? [];
      const nearest =
        near.length === 0 ? "vulnerability" : nearestMiss(near.flatMap((question) => missesOf(index, statement, question, subject)));
      return { statement, nearest };
    });
}

function missesOf(index: VexIndex, statement: VexStatement, question: VexQuestion, subject: VexSubject): readonly (Miss | undefined)[] {
  const purl = index.readPurl(question.purl);
  return statement.products.flatMap((product) => {
    const component = purl === undefined ? [] : [missOfComponent(product, purl, question.version)];
    return [...component, missOfProduct(product, subject) ?? missOfSubcomponent(product, purl, question.version, index.readPurl)];
  });
}
