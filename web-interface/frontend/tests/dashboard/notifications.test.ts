import { describe, expect, it } from "vitest";
import { lineAt, reasonOf } from "@/dashboard/settings/notifications/notifications";

const said = (key: string, values?: Record<string, string | number>) => (values ? `${key} ${values.code}` : key);

describe("lineAt", () => {
  const text = "uno\n\ntres {{ mal }\nfin";
  it("finds a line as the service counts them", () => {
    const [from, to] = lineAt(text, 3);
    expect(text.slice(from, to)).toBe("tres {{ mal }");
    expect(lineAt(text, 2)).toEqual([4, 4]);
  });
  it("stays inside the text", () => {
    expect(lineAt(text, 0)).toEqual([0, 3]);
    expect(text.slice(...lineAt(text, 99))).toBe("fin");
    expect(lineAt("", 7)).toEqual([0, 0]);
  });
});

describe("reasonOf", () => {
  it.each([
    ["smtp_550", "reason_smtp 550"],
    ["smtp_disconnected", "reason_smtp_connection"],
    ["smtp_not_supported", "reason_smtp_not_supported"],
    ["sms_21211", "reason_sms 21211"],
    ["sms_unreachable", "reason_sms_connection"],
    ["opted_out", "reason_opted_out"],
    ["something_newer", "something_newer"],
    [null, ""],
  ])("says %s in words", (code, words) => {
    expect(reasonOf(said, code)).toBe(words);
  });
});
