import { expect, it } from "vitest";
import { lineTable, position } from "./lines.ts";

const at = (text: string, offset: number): string => {
  const { line, column } = position(lineTable(text), offset);
  return `${line}:${column}`;
};

it("clamps offsets outside the text", () => {
  expect(at("ab", -5)).toBe("1:1");
  expect(at("ab", 99)).toBe("1:3");
  expect(at("", 0)).toBe("1:1");
});

it("counts lines at LF, CRLF and a lone CR", () => {
  expect(["a\nb", "a\r\nb", "a\rb"].map((text) => at(text, text.length - 1))).toEqual(["2:1", "2:1", "2:1"]);
  expect(at("a\n\nb", 2)).toBe("2:1");
});

it("counts columns in code points", () => {
  expect(at('"😀" x', 5)).toBe("1:5");
  expect(at("\ud800x", 1)).toBe("1:2");
});
