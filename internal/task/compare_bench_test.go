package task_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"dondoc/internal/task"
)

// BenchmarkDiffOfTheLongestTexts compares two texts of the greatest length that
// is taken in, of the shortest words and with nothing in order.
func BenchmarkDiffOfTheLongestTexts(b *testing.B) {
	text := func(seed uint64) string {
		random := rand.New(rand.NewPCG(seed, 1))
		words := make([]string, 10000)
		for i := range words {
			words[i] = string(rune('a' + random.IntN(26)))
		}
		return strings.Join(words, " ")
	}
	from, to := text(1), text(2)
	for b.Loop() {
		task.DiffWords(from, to)
	}
}
