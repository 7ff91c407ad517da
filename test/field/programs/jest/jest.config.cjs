module.exports = { testEnvironment: "jsdom", transform: {}, testMatch: ["**/*.jest.cjs"] };
