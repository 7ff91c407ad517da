import Stripe from "stripe";
import { SECRET } from "../../support/clients.ts";
import { EARLIER, STRIPE_OPERATIONS } from "./apis.ts";
import { playPeer, RETRIES } from "./program.ts";

await playPeer(STRIPE_OPERATIONS, ({ url, timeout }) => {
  const { hostname, port, protocol } = new URL(url);
  const client = new Stripe(SECRET, {
    host: hostname,
    port,
    protocol: protocol === "https:" ? "https" : "http",
    timeout,
    maxNetworkRetries: RETRIES,
  });
  return {
    client,
    calls: {
      retrieve: () => client.customers.retrieve("cus_1"),
      create: () => client.customers.create({ name: "éva" }),
      delete: () => client.customers.del("cus_1"),
    },
    earlier: () => client.customers.retrieve(EARLIER),
    isOwn: (error) => error instanceof Stripe.errors.StripeError,
  };
});
