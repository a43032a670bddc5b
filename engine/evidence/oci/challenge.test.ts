import fc from "fast-check";
import { expect, it } from "vitest";
import { basic, readChallenges, readToken, tokenRequest } from "./challenge.ts";

it("reads one challenge, several, and what is quoted in them", () => {
  expect(
    readChallenges('Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"'),
  ).toEqual([
    {
      scheme: "bearer",
      parameters: { realm: "https://auth.docker.io/token", service: "registry.docker.io", scope: "repository:a/b:pull,push" },
    },
  ]);
  expect(readChallenges('Basic realm="a, b=\\"c\\"", BEARER Realm=x , Service = "y"')).toEqual([
    { scheme: "basic", parameters: { realm: 'a, b="c"' } },
    { scheme: "bearer", parameters: { realm: "x", service: "y" } },
  ]);
  expect(readChallenges("Negotiate, Basic")).toEqual([
    { scheme: "negotiate", parameters: {} },
    { scheme: "basic", parameters: {} },
  ]);
  expect(readChallenges("")).toEqual([]);
});

it("ends on any header, in one pass", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (header) => {
      expect(readChallenges(header).length).toBeLessThanOrEqual(8);
    }),
  );
  expect(readChallenges(`Bearer ${'a="b",'.repeat(200_000)}`).length).toBe(1);
  expect(readChallenges(`${"Bearer ".repeat(200_000)}`).length).toBe(8);
});

it("asks for a token with a password, with an identity token, or with nothing", () => {
  const realm = new URL("https://tokens.example/token?a=b");
  const challenge = { scheme: "bearer", parameters: { service: "acme", scope: "repository:x:pull repository:y:pull" } };
  const anonymous = tokenRequest(realm, challenge, "unused", undefined);
  expect(anonymous).toEqual({
    method: "GET",
    url: "https://tokens.example/token?a=b&service=acme&scope=repository%3Ax%3Apull&scope=repository%3Ay%3Apull",
    headers: {},
  });
  const known = tokenRequest(realm, challenge, "unused", { kind: "password", username: "mé", password: "p:w" });
  expect(known.headers).toEqual({ authorization: `Basic ${Buffer.from("mé:p:w").toString("base64")}` });
  const refreshed = tokenRequest(realm, { scheme: "bearer", parameters: {} }, "repository:z:pull", {
    kind: "identity-token",
    token: "t&t",
  });
  expect([refreshed.method, refreshed.url, refreshed.body]).toEqual([
    "POST",
    "https://tokens.example/token?a=b",
    "grant_type=refresh_token&client_id=waybill&refresh_token=t%26t&scope=repository%3Az%3Apull",
  ]);
});

it("takes no token that would split a header", () => {
  const token = (json: unknown): string | undefined => readToken(Buffer.from(JSON.stringify(json)));
  expect(token({ access_token: "abc" })).toBe("abc");
  expect(token({ token: "abc\r\nx: y" })).toBeUndefined();
  expect(token({ token: "" })).toBeUndefined();
  expect(token({})).toBeUndefined();
  expect(readToken(Buffer.from("<html>"))).toBeUndefined();
  expect(basic("a", "b")).toBe("Basic YTpi");
});
