import OpenAI from "openai";
import { SECRET } from "../../support/clients.ts";
import { EARLIER, OPENAI_OPERATIONS } from "./apis.ts";
import { playPeer, RETRIES } from "./program.ts";

await playPeer(OPENAI_OPERATIONS, ({ url, timeout }) => {
  const client = new OpenAI({ apiKey: SECRET, baseURL: url, timeout, maxRetries: RETRIES });
  return {
    client,
    calls: {
      retrieve: () => client.models.retrieve("m"),
      create: () => client.chat.completions.create({ model: "m", messages: [{ role: "user", content: "Hi" }] }),
      delete: () => client.models.delete("m"),
    },
    earlier: () => client.models.retrieve(EARLIER),
    isOwn: (error) => error instanceof OpenAI.OpenAIError,
  };
});
