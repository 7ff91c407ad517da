import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePhone } from "../../src/authy/phone.ts";

const us = { e164: "+14155550137", countryCode: "1", nationalNumber: "4155550137" };

describe("parsePhone", () => {
  it.each<[string, unknown]>([
    ["415-555-0137", 1],
    ["415.555.0137", "1"],
    ["(415) 555 0137", "+1"],
    [" 4155550137 ", "001"],
    ["14155550137", 1],
    ["+1 415-555-0137", 1],
    ["+1 415-555-0137", undefined],
    ["001 415 555 0137", undefined],
  ])("reads %s of country code %s", (number, countryCode) => {
    expect(parsePhone(number, countryCode)).toEqual(us);
  });

  it.each([
    ["the number of the classic README, which is not valid but possible", "405-342-5699", 57, "+574053425699"],
    ["a trunk prefix", "0866742932", 84, "+84866742932"],
    ["a leading zero that belongs to the number", "02 3661 8300", 39, "+390236618300"],
    ["a calling code without a plus sign", "447911123456", 44, "+447911123456"],
    ["an area code taken for a country's", "555 1234", 1809, "+18095551234"],
    ["an area code that is there twice", "809 555 1234", "1809", "+18095551234"],
    ["a number that begins like its country's code", "393 123 4567", 39, "+393931234567"],
    ["a long number with its code and a plus sign", "+49 1711234567", 49, "+491711234567"],
    ["a number without a country", "+800 1234 5678", undefined, "+80012345678"],
  ])("knows %s", (_what, number, countryCode, e164) => {
    expect(parsePhone(number, countryCode)).toMatchObject({ e164 });
  });

  it.each<[unknown, unknown, RegExp]>([
    ["", 1, /missing/],
    [undefined, 1, /missing/],
    [{}, 1, /missing/],
    ["415-555-0137", undefined, /country code is missing/],
    ["415-555-0137", "US", /calling code/],
    ["415-555-0137", 0, /calling code/],
    ["12345", 1, /can look like this/],
    ["abc", 1, /can look like this/],
    ["1-800-FLOWERS-NOW", 1, /can look like this/],
    ["415-555-0137 ext. 5", 1, /can look like this/],
    ["call 415-555-0137", 1, /can look like this/],
    ["4.15555E+09", 1, /can look like this/],
    ["+44 7911 123456", 1, /not of country code 1/],
    ["555 0137 22", 2, /can look like this/],
    ["+999 555 0137", undefined, /can look like this/],
    ["+47 00368", undefined, /can look like this/],
    ["030991415392", 57, /can look like this/],
    ["491711234567", 49, /plus sign/],
    ["4915123456789", 49, /plus sign/],
  ])("refuses %j of country code %j", (number, countryCode, problem) => {
    expect(parsePhone(number, countryCode)).toMatch(problem);
  });

  it("gives a number that it reads again, or words, and nothing else", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (number, countryCode) => {
        const phone = parsePhone(number, countryCode);
        if (typeof phone === "string") return;
        expect(phone.e164).toMatch(/^\+[1-9]\d{6,14}$/);
        expect(parsePhone(phone.e164)).toEqual(phone);
        expect(parsePhone(phone.nationalNumber, phone.countryCode)).toEqual(phone);
      }),
    );
  });

  it("reads what it gave, whatever the digits", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 6, maxLength: 12 });
    fc.assert(
      fc.property(digits, fc.constantFrom(1, 39, 44, 49, 57, 64, 84, 351), (number, countryCode) => {
        const phone = parsePhone(number, countryCode);
        if (typeof phone !== "string") expect(parsePhone(phone.e164)).toEqual(phone);
      }),
      { numRuns: 1_000 },
    );
  });
});
