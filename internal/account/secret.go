package account

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
)

// Box seals small secrets (AES-256-GCM) with a key that is kept outside of the
// database, so that a copy of the database alone opens none of them.
type Box struct{ aead cipher.AEAD }

// NewBox seals with a key of 32 bytes.
func NewBox(key []byte) (*Box, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("the key of secrets has %d bytes, want 32", len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("key of secrets: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("key of secrets: %w", err)
	}
	return &Box{aead: aead}, nil
}

// Seal returns the secret sealed for one purpose: it opens for no other.
func (b *Box) Seal(secret []byte, purpose string) []byte {
	nonce := make([]byte, b.aead.NonceSize())
	rand.Read(nonce) //nolint:errcheck // never fails: crypto/rand ends the program instead
	return b.aead.Seal(nonce, nonce, secret, []byte(purpose))
}

// Open returns what was sealed for the purpose.
func (b *Box) Open(sealed []byte, purpose string) ([]byte, error) {
	size := b.aead.NonceSize()
	if len(sealed) < size {
		return nil, errors.New("a sealed secret is too short")
	}
	secret, err := b.aead.Open(nil, sealed[:size], sealed[size:], []byte(purpose))
	if err != nil {
		return nil, fmt.Errorf("open a sealed secret (was it sealed with another key?): %w", err)
	}
	return secret, nil
}
