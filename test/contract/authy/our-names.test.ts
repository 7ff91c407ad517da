import { expect, it } from "vitest";
import { AuthyApiClient } from "../../../src/authy/index.ts";
import { prismFor, useLoopback } from "../harness.ts";
import { authyOperationNamed, firstSuccess } from "../spec.ts";
import { apiKey } from "./calls.ts";
import { ours, schemaOf } from "./our-names.ts";

// The two responses with the most names, written out, so that these tests do not depend on the spec.

const APPROVAL = {
  approvalRequest: {
    appName: "Harbor Bank",
    appSerialId: 90211,
    authyId: 40213377,
    internalId: "628e4b1b7d558e6b91e93700",
    userEmail: "mira.okafor@example.com",
    internalAppId: "58547f6f4014250a11c20200",
    createdAt: "2022-05-25T14:06:03Z",
    notified: false,
    processedAt: null,
    secondsToExpire: 120,
    status: "pending",
    updatedAt: "2022-05-25T14:06:03Z",
    internalUserId: "5840a9328aa2fb674c485400",
    uuid: "c9d0f0a2-6a1b-0139-5f0e-0242ac110002",
  },
  success: true,
};

const STATUS = {
  status: {
    authyId: 40213377,
    confirmed: true,
    registered: true,
    countryCode: 1,
    phoneNumber: "XXX-XXX-0137",
    email: "mira.okafor@example.com",
    devices: ["android"],
    hasHardToken: false,
    accountDisabled: false,
    detailedDevices: [
      {
        deviceType: "authy",
        osType: "android",
        registrationDeviceId: null,
        registrationMethod: "sms",
        deviceId: 40213378,
        lastSyncDate: 1716508800,
        creationDate: 1716422400,
      },
    ],
    deletedDevices: [],
  },
  message: "User status.",
  success: true,
};

const loopback = useLoopback();

it.each([
  ["oneTouchGetApprovalStatus", APPROVAL],
  ["usersStatus", STATUS],
] as const)("%s gives our names, and so do the tests", async (name, expected) => {
  const operation = authyOperationNamed(name);
  const { oneTouch, users } = new AuthyApiClient({ apiKey, apiUrl: prismFor(operation, loopback).apiUrl });
  const result =
    name === "usersStatus"
      ? await users.status(40213377)
      : await oneTouch.getApprovalStatus(expected.approvalRequest.uuid);
  expect(result.content).toStrictEqual(expected);
  const example = firstSuccess(operation).body ?? null;
  expect(ours(example, schemaOf(operation.method, operation.path, "success"))).toStrictEqual(expected);
});
