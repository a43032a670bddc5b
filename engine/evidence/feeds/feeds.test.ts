import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Lack } from "../../../language/core/data.ts";
import { cveOf, epssTable, feedOf, kev, listed, read } from "./fixtures.ts";

const codes = async (content: string | object, name?: string): Promise<readonly string[]> =>
  (await read(content, name)).diagnostics.map((one) => one.code);

describe("a table of EPSS scores is refused as a whole", () => {
  const whole = epssTable("CVE-2024-0001,0.00042,0.05", "CVE-2024-0002,0.97,0.999");

  it("where it ends in the middle of a line, naming the line", async () => {
    const { value, diagnostics } = await read(whole.slice(0, -8), "epss.csv");
    expect(value).toEqual([]);
    expect(diagnostics.map((one) => one.message)).toEqual([
      "not a table of EPSS scores: the file ends in the middle of a line: it was cut off, on line 4",
    ]);
    expect(whole.slice(diagnostics[0]?.location?.start, (diagnostics[0]?.location?.start ?? 0) + 13)).toBe("CVE-2024-0002");
  });

  it("wherever it is cut inside a line", async () => {
    for (let end = 1; end < whole.length; end += 1) {
      if (whole[end - 1] === "\n" && end > whole.indexOf("CVE-")) continue;
      const { value } = await read(whole.slice(0, end), "epss.csv");
      expect([end, value]).toEqual([end, []]);
    }
  });

  it("where it begins as the whole does, and what was published since its last line is missing", async () => {
    const rows = ["CVE-1999-0001,0.1,0.2", ...[2024, 2025, 2026].flatMap((year) => [1, 2].map((n) => `CVE-${year}-000${n},0.1,0.2`))];
    const table = epssTable(...rows);
    const daily = (lines: number): string =>
      table
        .split("\n")
        .slice(0, lines + 2)
        .join("\n")
        .concat("\n");
    for (let lines = 1; lines <= 5; lines += 1) {
      const { value, diagnostics } = await read(daily(lines), "epss.csv");
      expect([value, diagnostics.map((one) => one.message)]).toEqual([
        [],
        [expect.stringContaining(`has no vulnerability of 2026: it was cut off, on line ${lines + 2}`)],
      ]);
    }
    expect(await codes(daily(6))).toEqual([]);
    // In January a year may have none yet, and an extract has what it was made for.
    const january = daily(5).replace("2026-11-20", "2026-01-20");
    expect([await codes(january), await codes(january.replace(/CVE-2025.*\n/g, ""))]).toEqual([[], ["WB1270"]]);
    expect(await codes(daily(3).replace("CVE-1999-0001", "CVE-1999-0002"))).toEqual([]);
  });

  it("without a header, without lines, and with the header of something else", async () => {
    expect(await codes("CVE-2024-0001,0.1,0.2\n")).toEqual(["WB1270"]);
    expect(await codes(epssTable())).toEqual(["WB1270"]);
    expect(await codes("cve,epss,rank\nCVE-2024-0001,0.1,0.2\n")).toEqual(["WB1270"]);
  });
});

describe("a table of EPSS scores", () => {
  it("has model, day and score of each CVE, with its line", async () => {
    const { value, diagnostics } = await read(epssTable("CVE-2024-0001,0.00042,0.05", "CVE-2024-0002,0.97,0.999"));
    expect(diagnostics).toEqual([]);
    expect(value[0]).toMatchObject({
      type: "waybill.feed.Epss",
      data: { model: "v2025.03.14", date: "2026-11-20T00:00:00Z", scores: 2 },
      counts: { scores: 2 },
    });
    const feed = value[0]?.feed;
    if (feed?.kind !== "epss") throw new Error("no scores");
    expect(feed.find("CVE-2024-0002")).toEqual({ epss: "0.97", percentile: "0.999", pointer: "#L4" });
    expect(feed.find("CVE-2024-00020")).toBeUndefined();
    expect(feed.find("CVE-2024-000")).toBeUndefined();
  });

  it("counts what is no probability, and leaves those scores malformed", async () => {
    const rows = [
      "CVE-2024-0001,NaN,0.1",
      "CVE-2024-0002,-0.1,0.1",
      "CVE-2024-0003,1.5,0.1",
      "CVE-2024-0004,0.1",
      "CVE-2024-0005,9e-05,1.0",
    ];
    const { value, diagnostics } = await read(epssTable(...rows, "nonsense,0.1,0.2"), "epss.csv");
    expect(diagnostics.map((one) => one.message)).toEqual(["5 of 6 EPSS scores are no numbers from 0 to 1, the first in line 3"]);
    const feed = value[0]?.feed;
    if (feed?.kind !== "epss") throw new Error("no scores");
    for (const cve of ["CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0003"]) expect(feed.find(cve)?.epss).toBeInstanceOf(Lack);
    expect(feed.find("CVE-2024-0005")).toMatchObject({ epss: "0.00009", percentile: "1.0" });
  });

  it("that lists a CVE twice with two scores has neither", async () => {
    const feed = await feedOf(epssTable("CVE-2024-0001,0.1,0.2", "CVE-2024-0001,0.3,0.2", "CVE-2024-0001,0.1,0.2"));
    expect(feed.kind === "epss" && feed.find("CVE-2024-0001")?.epss).toEqual(
      new Lack("conflict", "the scores list CVE-2024-0001 twice, 0.1 and 0.3"),
    );
  });

  it("finds each of many CVEs, and no other, in lines that end either way", async () => {
    const ids = fc.uniqueArray(fc.integer({ min: 1000, max: 999_999 }), { minLength: 1, maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(ids, fc.boolean(), async (numbers, windows) => {
        const table = epssTable(...numbers.map((n) => `CVE-2024-${n},0.${n},0.5`));
        const feed = await feedOf(windows ? table.replaceAll("\n", "\r\n") : table);
        if (feed.kind !== "epss") throw new Error("no scores");
        for (const n of numbers) expect(feed.find(`CVE-2024-${n}`)?.epss).toBe(`0.${n}`.replace(/0+$/, ""));
        expect(feed.find("CVE-2024-1000000")).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });
});

describe("answers of FIRST's API", () => {
  it("have scores as texts, and no model", async () => {
    const feed = await feedOf({
      status: "OK",
      total: 1,
      data: [{ cve: "CVE-2024-0001", epss: "0.944530000", percentile: "0.99", date: "2026-11-20" }],
    });
    expect(feed).toMatchObject({ kind: "epss", model: undefined, date: "2026-11-20T00:00:00Z" });
    expect(feed.kind === "epss" && feed.find("CVE-2024-0001")).toEqual({ epss: "0.94453", percentile: "0.99", pointer: "/data/0" });
  });

  it("with numbers that are none are counted, and an error of the API is no scores", async () => {
    expect(
      await codes({
        status: "OK",
        data: [
          { cve: "CVE-2024-0001", epss: "NaN" },
          { cve: "CVE-2024-0002", epss: 2 },
        ],
      }),
    ).toEqual(["WB1271"]);
    expect(await codes({ status: "ERROR", data: [{ cve: "CVE-2024-0001", epss: "1" }] })).toEqual(["WB0913"]);
  });
});

describe("a KEV catalogue", () => {
  it("that holds fewer than it says is refused: by what is not in it, others are said not to be exploited", async () => {
    const catalogue = kev(listed("CVE-2024-0001"), listed("CVE-2024-0002"));
    const { value, diagnostics } = await read({ ...catalogue, count: 3 });
    expect(value).toEqual([]);
    expect(diagnostics.map((one) => one.message)).toEqual(["the feed is not whole: it says that it lists 3 vulnerabilities, and lists 2"]);
  });

  it("that lists nothing, or does not say how much, is refused for the same reason", async () => {
    expect(await codes(kev())).toEqual(["WB1272"]);
    expect(await codes({ ...kev(listed("CVE-2024-0001")), count: undefined })).toEqual(["WB1272"]);
  });

  it("that lists a CVE twice has the entry that was due first, and says so", async () => {
    const { value, diagnostics } = await read(
      kev(listed("CVE-2024-0001", "2026-01-01", "2026-02-01"), listed("CVE-2024-0001", "2025-01-01", "2025-02-01", "Known")),
    );
    expect(diagnostics.map((one) => [one.code, one.message])).toEqual([["WB1273", "the catalogue lists one vulnerability more than once"]]);
    const feed = value[0]?.feed;
    expect(feed?.kind === "kev" && feed.entries.get("CVE-2024-0001")).toEqual({
      cve: "CVE-2024-0001",
      added: "2025-01-01T00:00:00Z",
      due: "2025-02-01T23:59:59Z",
      ransomware: true,
      pointer: "/vulnerabilities/1",
    });
  });

  it("is refused where it is cut in half", async () => {
    const text = JSON.stringify(kev(listed("CVE-2024-0001"), listed("CVE-2024-0002")));
    expect((await read(text.slice(0, -40))).value).toEqual([]);
  });
});

describe("a CVE record", () => {
  const options = [{ Exploitation: "poc" }, { Automatable: "yes" }, { "Technical Impact": "total" }];

  it("gives what CISA assessed, and the CNA's score", async () => {
    const vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    const cna = { metrics: [{ cvssV3_1: { version: "3.1", vectorString: vector, baseScore: 9.8 } }] };
    const feed = await feedOf(cveOf("CVE-2024-0001", options, {}, cna));
    const at = "/containers/adp/0/metrics/0/other/content/options";
    expect(feed.kind === "cve" && feed.facts).toEqual([
      { field: "exploitation", value: "poc", pointer: `${at}/0` },
      { field: "automatable", value: true, pointer: `${at}/1` },
      { field: "technical_impact", value: "total", pointer: `${at}/2` },
      { field: "cvss", value: 9.8, pointer: "/containers/cna/metrics/0/cvssV3_1" },
    ]);
  });

  it("with an answer that is not known counts it, and says nothing of it", async () => {
    const { value, diagnostics } = await read(cveOf("CVE-2024-0001", [{ Exploitation: "maybe" }, { Automatable: "yes" }, { Mood: "bad" }]));
    expect(diagnostics.map((one) => one.message)).toEqual(["2 answers of CISA's assessment are not understood"]);
    expect(value[0]?.data).toMatchObject({ exploitation: undefined, automatable: true });
  });

  it("that was rejected is one that was taken back", async () => {
    const feed = await feedOf(cveOf("CVE-2024-0001", [], { state: "REJECTED", dateRejected: "2026-11-03T00:00:00.000Z" }));
    expect(feed.kind === "cve" && feed.facts).toEqual([{ field: "withdrawn", value: "2026-11-03T00:00:00Z", pointer: "/cveMetadata" }]);
  });
});

describe("messages of govulncheck", () => {
  const config = { config: { protocol_version: "v1.0.0", scanner_name: "govulncheck", scanner_version: "v1.1.4", scan_level: "symbol" } };
  const osv = { osv: { id: "GO-2024-0001", modified: "2026-01-01T00:00:00Z", aliases: ["CVE-2024-0001"] } };
  const finding = (...frames: readonly object[]): object => ({ finding: { osv: "GO-2024-0001", trace: frames } });
  const module = { module: "golang.org/x/net", version: "v0.1.0" };
  const messages = (...all: readonly object[]): string => all.map((one) => JSON.stringify(one, undefined, 2)).join("\n");

  it("say that a function is called where a trace begins with one, whatever else is said of its module", async () => {
    const feed = await feedOf(
      messages(config, osv, finding(module), finding({ ...module, package: "p", function: "Parse" }), finding(module)),
    );
    expect(feed.kind === "reachability" && feed.reached).toEqual([
      { ids: ["GO-2024-0001", "CVE-2024-0001"], module: "golang.org/x/net", version: "v0.1.0", called: true, pointer: "/3/finding" },
    ]);
  });

  it("say that nothing calls it only where calls were followed", async () => {
    const symbol = await feedOf(messages(config, osv, finding(module)));
    expect(symbol.kind === "reachability" && symbol.reached.map(({ called }) => called)).toEqual([false]);
    const level = await feedOf(messages({ config: { ...config.config, scan_level: "module" } }, osv, finding(module)));
    expect(level.kind === "reachability" && level.reached).toEqual([]);
  });

  it("of several runs say it only where each of them followed calls", async () => {
    const modules = { config: { ...config.config, scan_level: "module" } };
    const both = await feedOf(messages(config, osv, modules, osv, finding(module)));
    expect(both.kind === "reachability" && both.reached).toEqual([]);
  });

  it("that end in the middle are refused", async () => {
    const text = messages(config, osv, finding({ ...module, function: "Parse" }));
    expect(await codes(text.slice(0, -10))).toEqual(["WB0905"]);
    expect(await codes(`${messages(config)} ]`)).toEqual(["WB0905"]);
  });
});
