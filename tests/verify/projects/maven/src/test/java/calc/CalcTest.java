package calc;

import static org.junit.Assert.assertEquals;

import org.junit.Ignore;
import org.junit.Test;

public class CalcTest {
    @Test
    public void adds() {
        assertEquals(3, Calc.add(1, 2));
    }

    @Test
    public void addsNegativeNumbers() {
        System.out.println("adding -1 and 2");
        assertEquals("a sum", 1, Calc.add(-1, 2));
    }

    @Test
    public void isOutside() {
        Calc.at(new int[] {1}, 3);
    }

    @Ignore("later")
    @Test
    public void later() {}
}
