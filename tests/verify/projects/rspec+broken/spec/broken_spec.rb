require_relative "../lib/gone"

RSpec.describe "what is gone" do
  it("is used") { Gone.call }
end
