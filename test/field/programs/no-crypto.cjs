// Removes the global crypto, as some test environments and flags of Node do.
delete globalThis.crypto;
