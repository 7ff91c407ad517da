import { spawn } from "node:child_process";

/**
 * Opens an address in the browser that the machine uses by default, and does not wait for it.
 * @param fail Called when none can be opened, now or later, with the reason.
 */
export function openInBrowser(address: string, fail: (reason: string) => void): void {
  const [command, ...words] = openerOf(process.platform);
  const opener = spawn(command, [...words, address], { stdio: "ignore", detached: true, windowsHide: true });
  opener.on("error", ({ message }) => fail(message));
  opener.on("exit", (code) => {
    if (code) fail(`${command} ended with ${code}`);
  });
  opener.unref();
}

/** The program that opens addresses, and what it is told before the address. */
function openerOf(platform: NodeJS.Platform): [command: string, ...words: string[]] {
  if (platform === "darwin") return ["open"];
  const isWindows = platform === "win32" || process.env.WSL_DISTRO_NAME !== undefined;
  return isWindows ? ["rundll32.exe", "url.dll,FileProtocolHandler"] : ["xdg-open"];
}
