package shapes

import "testing"

func TestBroken(t *testing.T) {
	if Volume(1, 2, 3) != 6 {
		t.Error("wrong")
	}
}
