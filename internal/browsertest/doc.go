// Package browsertest lets tests see pages as their readers do: in a real
// Chromium, at the width of a phone or a desk, with scripts or without, and holds
// what any page has to keep: nothing runs past the edge, nothing breaks the
// content policy, and axe-core finds nothing.
package browsertest
