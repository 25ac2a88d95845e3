require_relative "../lib/calc"

RSpec.describe Calc do
  describe ".add" do
    it "adds positive numbers" do
      expect(Calc.add(1, 2)).to eq(3)
    end

    [[-1, 2, 1], [-2, 2, 0]].each do |a, b, sum|
      it "adds #{a} and #{b}" do
        puts "adding #{a} and #{b}"
        expect(Calc.add(a, b)).to eq(sum)
      end
    end
  end

  context "with a set-up that fails" do
    before { Calc.first([]) }

    it("never runs") {}
  end

  it "compares a hash" do
    expect({ sum: Calc.add(1, 1), list: [1, 2] }).to eq({ sum: 2, list: [1, 3] })
  end

  xit "is for later" do
  end

  it "is for some day"

  it { expect(Calc.add(2, 2)).to be > 3 }
  it { expect(Calc.add(2, 2)).to be > 4 }
end
