/** Vectors are the examples of NISTIR 7695 (naming), 6.1.3 and 6.2.3, and the tables of NISTIR 7696 (name matching). */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cpe, type CpeAttribute, compareCpe, cpeAttributes, literalOf, parseCpe, relationOfCpe, showCpeValue } from "./cpe.ts";

/** The attributes that are not any, as people read them; text: why it is no CPE. */
function told(text: string): Partial<Record<CpeAttribute, string>> | string {
  const read = parseCpe(text);
  if (!read.ok) return read.problem;
  const all = cpeAttributes.map((attribute) => [attribute, showCpeValue(read.value.values[attribute])] as const);
  return Object.fromEntries(all.filter(([, value]) => value !== "*"));
}

function cpe(text: string): Cpe {
  const read = parseCpe(text);
  if (!read.ok) throw new Error(read.problem);
  return read.value;
}

describe("is no CPE:", () => {
  it.each([
    ["a wild card in the middle (7695, 6.2.3.2)", "cpe:2.3:a:hp:insight_diagnostics:7.4.*.1570:*:*:*:*:*:*:*"],
    ["a question mark in the middle", "cpe:2.3:a:hp:insight?diagnostics:7:*:*:*:*:*:*:*"],
    ["too few fields", "cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:*:*:*:*:*:*"],
    ["too many fields", "cpe:2.3:a:b:c:1:*:*:*:*:*:*:*:*"],
    ["an escaped colon in place of one between fields", "cpe:2.3:a:b\\:c:1:*:*:*:*:*:*:*"],
    ["a backslash at the end", "cpe:2.3:a:b:c:1:*:*:*:*:*:*:x\\"],
    ["an escape of what needs none", "cpe:2.3:a:b\\n:c:1:*:*:*:*:*:*:*"],
    ["an empty field", "cpe:2.3:a::c:1:*:*:*:*:*:*:*"],
    ["a space", "cpe:2.3:a:b c:c:1:*:*:*:*:*:*:*"],
    ["a line break", "cpe:2.3:a:b:c:1:*:*:*:*:*:*:x\n"],
    ["a letter that is not ASCII", "cpe:2.3:a:bücher:c:1:*:*:*:*:*:*:*"],
    ["nothing but wild cards", "cpe:2.3:a:??:c:1:*:*:*:*:*:*:*"],
    ["two asterisks", "cpe:2.3:a:b:c:**:*:*:*:*:*:*:*"],
    ["another part", "cpe:2.3:x:b:c:1:*:*:*:*:*:*:*"],
    ["a part with wild cards", "cpe:2.3:a*:b:c:1:*:*:*:*:*:*:*"],
    ["a language that is no tag", "cpe:2.3:a:b:c:1:*:*:english:*:*:*:*"],
    ["another scheme", "CPE:2.3:a:b:c:1:*:*:*:*:*:*:*"],
    ["another version", "cpe:2.4:a:b:c:1:*:*:*:*:*:*:*"],
    ["nothing", ""],
    ["what is too long", `cpe:2.3:a:${"b".repeat(2048)}:c:1:*:*:*:*:*:*:*`],
    ["a URI with a wild card in the middle (7695, 6.1.3.2)", "cpe:/a:foo:bar:12.%02.1234"],
    ["a URI with an encoding that is none (7695, 6.1.3.2)", "cpe:/a:foo%5cbar:big%24money_2010%07:::~~special~ipod_touch~80gb~"],
    ["a URI with a plain character that has to be encoded", "cpe:/a:foo:b?r"],
    ["a URI with an encoding cut short", "cpe:/a:foo:bar%2"],
    ["a URI with too many fields", "cpe:/a:b:c:1:u:e:en:x"],
    ["a URI with four values in its edition", "cpe:/a:b:c:1::~~online~win2003~x64"],
    ["a URI with six", "cpe:/a:b:c:1::~~online~win2003~x64~~"],
  ])("%s", (_, text) => {
    expect(parseCpe(text).ok).toBe(false);
  });
});

it("says of what is no CPE why it is none", () => {
  expect(told("acme")).toBe("`acme` is not a CPE: it begins with neither `cpe:2.3:` nor `cpe:/`");
  expect(told("cpe:2.3:a:b:c:1:*:*:*:*:*:*")).toBe("a CPE 2.3 has 11 fields, not 10");
  expect(told("cpe:2.3:a:b:c:1.*.2:*:*:*:*:*:*:*")).toBe("`1.*.2` is not the version of a CPE");
  expect(told("cpe:/a:b:c:1::~~x")).toBe("the edition of `cpe:/a:b:c:1::~~x` holds 2 values, not five");
});

it("reads the formatted strings of NISTIR 7695, 6.2.3.2", () => {
  const explorer = { part: "a", vendor: "microsoft", product: "internet_explorer" };
  expect(told("cpe:2.3:a:microsoft:internet_explorer:8.0.6001:beta:*:*:*:*:*:*")).toEqual({
    ...explorer,
    version: "8.0.6001",
    update: "beta",
  });
  expect(told("cpe:2.3:a:microsoft:internet_explorer:8.*:sp?:*:*:*:*:*:*")).toEqual({ ...explorer, version: "8.*", update: "sp?" });
  expect(told("cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:-:*:*:online:win2003:x64:*")).toEqual({
    ...{ part: "a", vendor: "hp", product: "insight_diagnostics", version: "7.4.0.1570", update: "-" },
    ...{ sw_edition: "online", target_sw: "win2003", target_hw: "x64" },
  });
  expect(told("cpe:2.3:a:foo\\\\bar:big\\$money:2010:*:*:*:special:ipod_touch:80gb:*")).toEqual({
    ...{ part: "a", vendor: "foo\\bar", product: "big$money", version: "2010" },
    ...{ sw_edition: "special", target_sw: "ipod_touch", target_hw: "80gb" },
  });
});

it("reads the URIs of NISTIR 7695, 6.1.3.2, packed editions and wild cards among them", () => {
  const explorer = { part: "a", vendor: "microsoft", product: "internet_explorer" };
  expect(told("cpe:/a:microsoft:internet_explorer:8.0.6001:beta")).toEqual({ ...explorer, version: "8.0.6001", update: "beta" });
  expect(told("cpe:/a:microsoft:internet_explorer:8.%02:sp%01")).toEqual({ ...explorer, version: "8.*", update: "sp?" });
  expect(told("cpe:/a:hp:insight_diagnostics:7.4.0.1570::~~online~win2003~x64~")).toEqual({
    ...{ part: "a", vendor: "hp", product: "insight_diagnostics", version: "7.4.0.1570" },
    ...{ sw_edition: "online", target_sw: "win2003", target_hw: "x64" },
  });
  expect(told("cpe:/a:hp:openview_network_manager:7.51:-:~~~linux~~")).toEqual({
    ...{ part: "a", vendor: "hp", product: "openview_network_manager", version: "7.51", update: "-", target_sw: "linux" },
  });
  expect(told("cpe:/a:foo~bar:big%7emoney_2010")).toEqual({ part: "a", vendor: "foo~bar", product: "big~money_2010" });
  expect(told("cpe:/o:redhat:enterprise_linux:9::baseos")).toEqual({
    ...{ part: "o", vendor: "redhat", product: "enterprise_linux", version: "9", edition: "baseos" },
  });
});

it("tells an escaped character from the wild card or the end of a field that it is without its escape", () => {
  expect(literalOf(cpe("cpe:/a:microsoft:internet_explorer:8.%2a:sp%3f").values.version)).toBe("8.*");
  expect(literalOf(cpe("cpe:2.3:a:b:c:8.\\*:*:*:*:*:*:*:*").values.version)).toBe("8.*");
  expect(literalOf(cpe("cpe:2.3:a:b:c:8.*:*:*:*:*:*:*:*").values.version)).toBeUndefined();
  expect(told("cpe:2.3:a:b:c:1\\:1.2:*:*:*:*:*:*:*")).toMatchObject({ version: "1:1.2" });
  // An escaped backslash at the end of a field escapes nothing after it.
  expect(told("cpe:2.3:a:b\\\\:c:1:*:*:*:*:*:*:*")).toMatchObject({ vendor: "b\\", product: "c" });
});

describe("compares attributes by table 6-2 of NISTIR 7696:", () => {
  const version = (value: string): Cpe => cpe(`cpe:2.3:a:b:c:${value}:*:*:*:*:*:*:*`);
  it.each([
    [1, "*", "*", "equal"],
    [2, "*", "-", "superset"],
    [3, "*", "i", "superset"],
    [4, "*", "m*", "undefined"],
    [5, "-", "*", "subset"],
    [6, "-", "-", "equal"],
    [7, "-", "i", "disjoint"],
    [8, "-", "m*", "undefined"],
    [9, "i", "i", "equal"],
    [10, "i", "k", "disjoint"],
    [11, "i", "m*", "undefined"],
    [12, "i", "-", "disjoint"],
    [13, "i", "*", "subset"],
    [14, "m*", "m2", "superset"],
    [14, "m*", "n2", "disjoint"],
    [15, "m*", "*", "subset"],
    [16, "m*", "-", "disjoint"],
    [17, "m1*", "m2*", "undefined"],
    [17, "m*", "m*", "undefined"],
  ] as const)("row %i, %s to %s", (_, source, target, relation) => {
    expect(compareCpe(version(source), version(target)).version).toBe(relation);
  });

  it.each([
    ["9.*", "9.3.2", true],
    ["9.*", "9.", true],
    ["9.*", "9", false],
    ["*.2", "9.3.2", true],
    ["*3*", "9.3.2", true],
    ["*4*", "9.3.2", false],
    ["sp?", "sp1", true],
    ["sp?", "sp", true],
    ["sp?", "sp12", false],
    ["??a", "aa", true],
    ["??a", "xxxa", false],
    ["?ab?", "abab", false],
    ["?ab??", "abab", true],
    ["*ab", "abab", true],
    ["8.\\*", "8.1", false],
  ])("wild cards: %s and %s", (source, target, isCovered) => {
    expect(compareCpe(version(source), version(target)).version).toBe(isCovered ? "superset" : "disjoint");
  });
});

it("compares names by table 6-4 of NISTIR 7696", () => {
  const explorer = cpe("cpe:2.3:a:microsoft:internet_explorer:8.0.6001:beta:*:*:*:*:*:*");
  const some = cpe("cpe:2.3:a:Microsoft:Internet_Explorer:8.*:sp?:-:*:*:*:*:*");
  expect(relationOfCpe(explorer, cpe("cpe:/a:microsoft:internet_explorer:8.0.6001:beta"))).toBe("equal");
  expect(relationOfCpe(cpe("cpe:/a:Microsoft:internet_explorer"), explorer)).toBe("superset");
  expect(relationOfCpe(explorer, cpe("cpe:/a:microsoft:internet_explorer"))).toBe("subset");
  expect(relationOfCpe(some, explorer)).toBe("disjoint");
  expect(relationOfCpe(cpe("cpe:/a:microsoft::8.0.6001"), cpe("cpe:/a:microsoft:internet_explorer"))).toBe("undefined");
  // Table 6-3: a source of Adobe's for PalmOS against any vendor's Reader.
  const found = compareCpe(cpe("cpe:2.3:a:Adobe:*:9.*:*:PalmOS:*:*:*:*:*"), cpe("cpe:/a::Reader:9.3.2:-:-"));
  expect(found).toMatchObject({ part: "equal", vendor: "subset", product: "superset", version: "superset", update: "superset" });
  expect(found).toMatchObject({ edition: "disjoint", language: "equal", other: "equal" });
});

describe("whatever is written", () => {
  const character = fc.constantFrom(..."aZ09-._!:\\*?$~%/@&(".split(""));
  const escaped = (one: string): string => (/[A-Za-z0-9\-._]/.test(one) ? one : `\\${one}`);
  const body = fc.array(character, { minLength: 1, maxLength: 5 }).map((all) => all.map(escaped).join(""));
  const value = fc.oneof(
    fc.constantFrom("*", "-"),
    body.map((text) => (text === "-" ? "a" : text)),
    fc.tuple(fc.constantFrom("", "*", "?", "??"), body, fc.constantFrom("", "*", "?")).map((all) => all.join("")),
  );
  const name = fc
    .tuple(
      fc.constantFrom("a", "o", "*"),
      fc.array(value, { minLength: 5, maxLength: 5 }),
      fc.constantFrom("*", "en-us"),
      fc.array(value, { minLength: 4, maxLength: 4 }),
    )
    .map(([part, five, language, four]) => `cpe:2.3:${[part, ...five, language, ...four].join(":")}`);

  it("by the grammar is read, and any cut of it is read or refused", () => {
    fc.assert(
      fc.property(name, fc.nat(40), (text, at) => {
        expect(parseCpe(text).ok).toBe(true);
        parseCpe(text.slice(0, at) + text.slice(at + 1));
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => !parseCpe(`cpe:2.3:${text}`).ok || text.split(":").length >= cpeAttributes.length));
  });

  it("a name without wild cards equals itself, and is what it compares as the other way round", () => {
    const reversed = { equal: "equal", subset: "superset", superset: "subset", disjoint: "disjoint", undefined: "undefined" } as const;
    const plain = name.map(cpe).filter((one) => Object.values(one.values).every((each) => !/^[*?].|.[*?]$/.test(showCpeValue(each))));
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(relationOfCpe(a, a)).toBe("equal");
        expect(relationOfCpe(b, a)).toBe(reversed[relationOfCpe(a, b)]);
      }),
    );
  });

  it("nothing is told by a target with wild cards, and a pattern covers the text that it is made of", () => {
    fc.assert(
      fc.property(body, fc.constantFrom("*", "?", "??"), (text, wild) => {
        fc.pre(text !== "-");
        const [source, target] = [cpe(`cpe:2.3:a:b:c:${wild}${text}:*:*:*:*:*:*:*`), cpe(`cpe:2.3:a:b:c:${text}:*:*:*:*:*:*:*`)];
        expect(compareCpe(source, target).version).toBe("superset");
        expect(compareCpe(target, source).version).toBe("undefined");
      }),
    );
  });
});
