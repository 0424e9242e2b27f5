package audit

import "dondoc/internal/keyfile"

// KeySize is the length of the sealing key in bytes.
const KeySize = keyfile.Size

const keyName = "audit key"

// ReadKey reads the sealing key. It refuses a file that others than its owner
// may read, because who has the key can forge the chain.
func ReadKey(path string) ([]byte, error) { return keyfile.Read(path, keyName) }

// EnsureKey reads the sealing key and makes a random one first where there is
// none. Several processes may call it at once: all get the same key.
func EnsureKey(path string) ([]byte, error) { return keyfile.Ensure(path, keyName) }
