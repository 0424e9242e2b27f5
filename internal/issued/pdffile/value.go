package pdffile

// Kind is what a value is.
type Kind int

// The kinds of values.
const (
	Null Kind = iota
	Bool
	Integer
	Real
	String
	NameKind
	Dict
	Array
	Stream
)

// Value is an object of a file. Asking it for what it is not gives nothing.
type Value struct {
	f    *File
	data any
}

// Kind is what the value is.
func (v Value) Kind() Kind {
	switch v.data.(type) {
	case bool:
		return Bool
	case int64:
		return Integer
	case float64:
		return Real
	case text:
		return String
	case name:
		return NameKind
	case *dict:
		return Dict
	case array:
		return Array
	case *stream:
		return Stream
	}
	return Null
}

// IsNull reports whether there is nothing.
func (v Value) IsNull() bool { return v.Kind() == Null }

// Same is equal for one and the same dictionary or stream of a file, and nil for all else.
func (v Value) Same() any {
	switch v.data.(type) {
	case *dict, *stream:
		return v.data
	}
	return nil
}

// Key is a value of a dictionary, or of a stream's.
func (v Value) Key(key string) Value {
	switch d := v.data.(type) {
	case *dict:
		return v.f.value(d.in[key])
	case *stream:
		return v.f.value(d.head.in[key])
	}
	return Value{f: v.f}
}

// Keys calls what for each entry of a dictionary, in no order.
func (v Value) Keys(what func(key string, value Value)) {
	if d, ok := v.data.(*dict); ok {
		for key, value := range d.in {
			what(key, v.f.value(value))
		}
	}
}

// Index is an element of an array.
func (v Value) Index(i int) Value {
	if a, ok := v.data.(array); ok && i >= 0 && i < len(a) {
		return v.f.value(a[i])
	}
	return Value{f: v.f}
}

// Len is the length of an array.
func (v Value) Len() int {
	a, _ := v.data.(array)
	return len(a)
}

// Int64 is a whole number.
func (v Value) Int64() int64 {
	switch n := v.data.(type) {
	case int64:
		return n
	case float64:
		if n > -1e15 && n < 1e15 {
			return int64(n)
		}
	}
	return 0
}

// Float64 is a number.
func (v Value) Float64() float64 {
	switch n := v.data.(type) {
	case int64:
		return float64(n)
	case float64:
		return n
	}
	return 0
}

// Name is a name without its slash.
func (v Value) Name() string {
	n, _ := v.data.(name)
	return string(n)
}

// RawString are the bytes of a string.
func (v Value) RawString() string {
	s, _ := v.data.(text)
	return string(s)
}

// Bytes unpacks a stream; what cannot be unpacked ends it.
func (v Value) Bytes() []byte {
	s, ok := v.data.(*stream)
	if !ok {
		return nil
	}
	return v.f.unpack(s)
}
