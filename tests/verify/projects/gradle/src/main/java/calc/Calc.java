package calc;

public class Calc {
    public static int add(int a, int b) {
        return a < 0 ? a + b + 1 : a + b;
    }

    public static int at(int[] values, int i) {
        return values[i];
    }
}
