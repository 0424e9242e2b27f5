package privacy_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dondoc/internal/fault"
	"dondoc/internal/privacy"
)

func TestFindingTellsThePlaceAndNeverTheNumber(t *testing.T) {
	f := privacy.Refuse("Kết quả:\nđã xử lý đối tượng 075203001234 trong kỳ")
	if f == nil || f.Line != 2 || f.Column != 20 || f.Code != string(privacy.IdentityNumber) {
		t.Fatalf("found %+v", f)
	}
	if strings.Contains(f.VI+f.EN, "075203001234") {
		t.Error("the fault repeats the number")
	}
	// A letter with its marks apart counts as the one character that is stored.
	if f := privacy.Refuse("Ca\u0302\u0301p 075203001234"); f == nil || f.Column != 5 {
		t.Errorf("in NFD: %+v", f)
	}
}

func TestWhatOnlyMayBePersonalWaitsForConfirmation(t *testing.T) {
	texts := []privacy.Text{{Field: "reason", Text: "Gọi 0912 345 678 để biết thêm."}, {Field: "text", Text: "Không có gì."}}
	if f := privacy.Refuse(texts[0].Text); f != nil {
		t.Errorf("a telephone number is refused: %v", f)
	}
	f := fault.Of(privacy.Unconfirmed(context.Background(), texts...))
	if f == nil || f.Code != privacy.Unsure || len(f.Details) != 1 || f.Details[0].Field != "reason" {
		t.Fatalf("asked: %+v", f)
	}
	if err := privacy.Unconfirmed(privacy.Confirm(context.Background()), texts...); err != nil {
		t.Errorf("confirmed and still asked: %v", err)
	}
	// Confirming never lets through what is refused.
	if privacy.Refuse("CCCD 075203001234") == nil || len(privacy.Warnings(texts...)) != 1 {
		t.Error("a refused text passes")
	}
}

func TestEveryCitizenNumberIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		province := rapid.SampledFrom([]string{"001", "027", "056", "075", "079", "096"}).Draw(t, "province")
		rest := fmt.Sprintf("%d%02d%06d", rapid.IntRange(0, 3).Draw(t, "century"), rapid.IntRange(0, 99).Draw(t, "year"), rapid.IntRange(1, 999999).Draw(t, "order"))
		before := rapid.SampledFrom([]string{"", "số ", "CCCD:", "(", "- ", "1\t", "12 người, trong đó "}).Draw(t, "before")
		after := rapid.SampledFrom([]string{"", ".", ", trú tại", ")", "\n", ";"}).Draw(t, "after")
		number := province + rest
		if grouped := rapid.SampledFrom([]string{"", " ", "."}).Draw(t, "parted"); grouped != "" && before != "1\t" && before != "12 người, trong đó " {
			number = number[:3] + grouped + number[3:6] + grouped + number[6:9] + grouped + number[9:]
		}
		if privacy.Refuse(before+number+after) == nil {
			t.Fatalf("missed %q", before+number+after)
		}
	})
}

func TestNoSumOfMoneyIsAnIdentityNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sum := fmt.Sprint(rapid.Int64Range(100_000_000_000, 999_999_999_999).Draw(t, "sum"))
		if rapid.Bool().Draw(t, "grouped") {
			sum = sum[:3] + "." + sum[3:6] + "." + sum[6:9] + "." + sum[9:]
		}
		text := rapid.SampledFrom([]string{"Kinh phí %s đồng", "Tổng: %s", "(%s đ)", "%s VNĐ"}).Draw(t, "text")
		if found := privacy.Check(fmt.Sprintf(text, sum)); len(found) > 0 {
			t.Fatalf("%q: %v", fmt.Sprintf(text, sum), found)
		}
	})
}
