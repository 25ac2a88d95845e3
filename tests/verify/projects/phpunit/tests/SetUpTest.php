<?php
use PHPUnit\Framework\TestCase;

class SetUpTest extends TestCase
{
    protected function setUp(): void
    {
        throw new RuntimeException('no set-up');
    }

    public function testNeverRuns(): void
    {
    }
}
