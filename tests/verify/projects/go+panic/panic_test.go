package calc

import "testing"

func TestPanics(t *testing.T) {
	t.Log("before")
	At([]int{1}, 3)
}
