/**
 * A proxy between your servers and the internet: two ways to call through one, of which Node needs the first only. Over
 * `https:` the proxy sees the host and nothing else. Copy the one you want, and make your client with
 * `new Authsignal({ ...throughProxy("http://proxy.example.com:3128") })`. Credentials are a part of the proxy's address:
 * `http://name:password@proxy.example.com:3128`. Node 24 reads `HTTPS_PROXY` with `NODE_USE_ENV_PROXY=1`; on Node 20 and 22,
 * `throughProxyOfEnvironment` does.
 */
import type { ConnectionOptions } from "authsignal-ts";
import { HttpsProxyAgent } from "https-proxy-agent";
import { ProxyAgent, fetch as undiciFetch } from "undici";

/** What a connection to the service may need; `ca` is the certificate of a company that looks into its traffic. */
interface Tls {
  readonly ca?: string;
}

/** Over `node:http`. Connections are kept, as they are without a proxy. */
export function throughProxy(proxy: string, tls: Tls = {}): Pick<ConnectionOptions, "agent"> {
  const agent = new HttpsProxyAgent(proxy, { keepAlive: true });
  Object.assign(agent.options, tls); // those of its constructor are for the connection to the proxy
  return { agent };
}

/**
 * The same, through the proxy that `https_proxy` or `HTTPS_PROXY` of the environment names. Where they are absent or empty, calls need
 * none. `NO_PROXY` is not read.
 */
export function throughProxyOfEnvironment(tls: Tls = {}): Pick<ConnectionOptions, "agent"> {
  const proxy = process.env.https_proxy || process.env.HTTPS_PROXY;
  return proxy ? throughProxy(proxy, tls) : {};
}

/** Over undici's `fetch`, from the same package as its dispatcher: that of Node may be of another version. */
export function throughProxyByFetch(proxy: string, tls: Tls = {}): Pick<ConnectionOptions, "fetch"> {
  const dispatcher = new ProxyAgent({ uri: proxy, requestTls: tls });
  return {
    async fetch(request) {
      const { url, method, signal } = request;
      const headers = Object.fromEntries(request.headers);
      const body = (await request.text()) || null;
      const answer = await undiciFetch(url, { method, headers, body, signal, redirect: "manual", dispatcher });
      const { status, statusText } = answer;
      return new Response(answer.body, { status, statusText, headers: Object.fromEntries(answer.headers) });
    },
  };
}
