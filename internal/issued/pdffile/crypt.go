package pdffile

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5" //nolint:gosec // the format's own
	"crypto/rc4" //nolint:gosec // the format's own
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
)

// crypt unlocks a file that opens without a password: its author only asked programs not to change or copy it. One that
// needs a password is refused (ISO 32000-1, 7.6; ISO 32000-2 for AES-256).
type crypt struct {
	key             []byte
	aes, whole      bool // whole: the key is used as it is (AES-256)
	none, noStrings bool
}

// pad fills up passwords.
var pad = []byte("\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08" +
	"\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A")

func (f *File) unlock(e Value) (*crypt, error) {
	if e.Key("Filter").Name() != "Standard" {
		return nil, ErrEncrypted
	}
	version, revision := e.Key("V").Int64(), e.Key("R").Int64()
	c := &crypt{}
	length := 5
	switch version {
	case 1:
	case 2, 3:
		if n := e.Key("Length").Int64(); n >= 40 && n <= 128 {
			length = int(n / 8)
		}
	case 4, 5:
		length = 16
		switch e.Key("CF").Key(e.Key("StmF").Name()).Key("CFM").Name() {
		case "AESV2", "AESV3":
			c.aes = true
		case "V2":
		default:
			c.none = true
		}
		c.noStrings = e.Key("StrF").Name() == "Identity"
	default:
		return nil, ErrEncrypted
	}
	o, u := []byte(e.Key("O").RawString()), []byte(e.Key("U").RawString())
	if version == 5 {
		c.whole = true
		return c, c.openWhole(u, []byte(e.Key("UE").RawString()), revision)
	}
	if len(o) < 32 || len(u) < 32 {
		return nil, ErrEncrypted
	}
	id := []byte(f.value(f.trailer.in["ID"]).Index(0).RawString())
	h := md5.New() //nolint:gosec // the format's own
	h.Write(pad)
	h.Write(o[:32])
	_ = binary.Write(h, binary.LittleEndian, uint32(e.Key("P").Int64())) //nolint:gosec // the low 32 bits are meant
	h.Write(id)
	if metadata, is := e.Key("EncryptMetadata").data.(bool); is && !metadata && revision >= 4 {
		h.Write([]byte{255, 255, 255, 255})
	}
	key := h.Sum(nil)
	if revision >= 3 {
		for range 50 {
			sum := md5.Sum(key[:length]) //nolint:gosec // the format's own
			key = sum[:]
		}
	}
	c.key = key[:length]
	if !opens(c.key, u, id, revision) {
		return nil, ErrEncrypted
	}
	return c, nil
}

// opens reports whether a key is that of no password.
func opens(key, u, id []byte, revision int64) bool {
	if revision < 3 {
		return bytes.Equal(rc4Of(key, pad), u[:32])
	}
	sum := md5.Sum(append(append([]byte{}, pad...), id...)) //nolint:gosec // the format's own
	got := sum[:]
	for i := range 20 {
		turned := make([]byte, len(key))
		for j := range key {
			turned[j] = key[j] ^ byte(i)
		}
		got = rc4Of(turned, got)
	}
	return bytes.Equal(got, u[:16])
}

// openWhole finds the key of a file under AES-256.
func (c *crypt) openWhole(u, ue []byte, revision int64) error {
	if len(u) < 48 || len(ue) < 32 {
		return ErrEncrypted
	}
	if !bytes.Equal(hashOf(u[32:40], revision), u[:32]) {
		return ErrEncrypted
	}
	block, err := aes.NewCipher(hashOf(u[40:48], revision))
	if err != nil {
		return ErrEncrypted
	}
	c.key = make([]byte, 32)
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(c.key, ue[:32])
	return nil
}

// hashOf is the hash of no password (ISO 32000-2, algorithm 2.B).
func hashOf(salt []byte, revision int64) []byte {
	sum := sha256.Sum256(salt)
	k := sum[:]
	if revision < 6 {
		return k
	}
	for round := 0; ; round++ {
		k1 := bytes.Repeat(k, 64)
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(k1, k1)
		rest := 0
		for _, b := range k1[:16] {
			rest += int(b)
		}
		switch rest % 3 {
		case 0:
			s := sha256.Sum256(k1)
			k = s[:]
		case 1:
			s := sha512.Sum384(k1)
			k = s[:]
		default:
			s := sha512.Sum512(k1)
			k = s[:]
		}
		if round >= 63 && int(k1[len(k1)-1]) <= round-31 || round > 2000 {
			return k[:32]
		}
	}
}

func rc4Of(key, data []byte) []byte {
	c, err := rc4.NewCipher(key) //nolint:gosec // the format's own
	if err != nil {
		return nil
	}
	out := make([]byte, len(data))
	c.XORKeyStream(out, data)
	return out
}

func (c *crypt) stream(data []byte, id ref) []byte {
	if c.none {
		return data
	}
	key := c.key
	if !c.whole {
		add := []byte{byte(id.id), byte(id.id >> 8), byte(id.id >> 16), byte(id.generation), byte(id.generation >> 8)}
		if c.aes {
			add = append(add, "sAlT"...)
		}
		sum := md5.Sum(append(append([]byte{}, c.key...), add...)) //nolint:gosec // the format's own
		key = sum[:min(16, len(c.key)+5)]
	}
	if !c.aes {
		return rc4Of(key, data)
	}
	if len(data) < 2*aes.BlockSize {
		return nil
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil
	}
	first, data := data[:aes.BlockSize], data[aes.BlockSize:]
	out := make([]byte, len(data)/aes.BlockSize*aes.BlockSize)
	cipher.NewCBCDecrypter(block, first).CryptBlocks(out, data[:len(out)])
	if n := int(out[len(out)-1]); n > 0 && n <= aes.BlockSize {
		out = out[:len(out)-n]
	}
	return out
}

// strings unlocks the strings of an object.
func (c *crypt) strings(x any, id ref) any {
	if c == nil || c.noStrings {
		return x
	}
	switch x := x.(type) {
	case text:
		return text(c.stream([]byte(x), id))
	case array:
		for i := range x {
			x[i] = c.strings(x[i], id)
		}
	case *dict:
		for key, value := range x.in {
			x.in[key] = c.strings(value, id)
		}
	}
	return x
}
