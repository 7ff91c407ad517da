// Takes the global crypto away, which some test environments and flags of Node do.
delete globalThis.crypto;
