package plan

import (
	"unicode"

	"go.yaml.in/yaml/v3"
)

// deceives refuses characters that could deceive a reader or a database: control
// characters, which YAML lets one write as escapes, and those that turn the
// direction of writing.
func (r *reader) deceives(n *yaml.Node, path string) bool {
	for _, c := range n.Value {
		if c == '\n' || c == '\t' || !unicode.IsControl(c) && !unicode.Is(unicode.Bidi_Control, c) {
			continue
		}
		r.fail(n, path, "text.control", "có ký tự điều khiển không được phép (mã %U); xóa ký tự ấy, hoặc gõ lại", "a control character is not allowed here (code %U); delete it or type the text again", c)
		return true
	}
	return false
}
