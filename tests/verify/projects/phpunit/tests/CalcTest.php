<?php
use PHPUnit\Framework\TestCase;

class CalcTest extends TestCase
{
    public function testAdds(): void
    {
        $this->assertSame(3, Calc::add(1, 2));
    }

    /** @dataProvider sums */
    public function testAddsEach(int $a, int $b, int $sum): void
    {
        echo "adding $a and $b\n";
        $this->assertSame($sum, Calc::add($a, $b));
    }

    public function sums(): array
    {
        return ['one' => [-1, 2, 1], 'two' => [1, 1, 2], [-2, 2, 0]];
    }

    public function testArrays(): void
    {
        $this->assertSame(['sum' => 2, 'list' => [1, 3]], ['sum' => Calc::add(1, 1), 'list' => [1, 2]]);
    }

    public function testThrows(): void
    {
        Calc::first([]);
    }

    public function testLater(): void
    {
        $this->markTestSkipped('later');
    }

    public function testSomeDay(): void
    {
        $this->markTestIncomplete('some day');
    }
}
