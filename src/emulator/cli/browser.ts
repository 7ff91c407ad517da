import { spawn } from "node:child_process";

/**
 * Opens an address in the default browser, and does not wait for it.
 * @param fail Called with the reason when no browser can be opened, now or later.
 */
export function openInBrowser(address: string, fail: (reason: string) => void): void {
  const [command, ...args] = openerOf(process.platform);
  const opener = spawn(command, [...args, address], { stdio: "ignore", detached: true, windowsHide: true });
  opener.on("error", ({ message }) => fail(message));
  opener.on("exit", (code) => {
    if (code) fail(`${command} ended with ${code}`);
  });
  opener.unref();
}

/** Returns the program that opens addresses, and its arguments before the address. */
function openerOf(platform: NodeJS.Platform): [command: string, ...args: string[]] {
  if (platform === "darwin") return ["open"];
  const isWindows = platform === "win32" || process.env.WSL_DISTRO_NAME !== undefined;
  return isWindows ? ["rundll32.exe", "url.dll,FileProtocolHandler"] : ["xdg-open"];
}
