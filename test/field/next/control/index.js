/**
 * Replaces the package in the control app, whose output shows the lines that Next.js prints without the package. It makes the
 * same calls with `fetch`, and recognizes the forged delivery by its code.
 */
export class Authsignal {
  #options;

  constructor(options) {
    this.#options = options;
  }

  webhook = {
    async constructEventFromRequest(request) {
      const event = await request.json();
      if (event.data.code !== "000111") throw new Error("Signature mismatch.");
      return event;
    },
  };

  getUser({ userId }) {
    return this.#call("GET", `/users/${userId}`);
  }

  track({ userId, action }) {
    return this.#call("POST", `/users/${userId}/actions/${action}`, "{}");
  }

  async #call(method, path, body) {
    const { apiSecretKey, apiUrl } = this.#options;
    const headers = { authorization: `Basic ${btoa(`${apiSecretKey}:`)}` };
    const response = await fetch(apiUrl + path, { method, headers, body, cache: "no-store" });
    return response.json();
  }
}
