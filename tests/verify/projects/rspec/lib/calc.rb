module Calc
  def self.add(a, b)
    a < 0 ? a + b + 1 : a + b
  end

  def self.first(list)
    list.first.fetch(:name)
  end
end
